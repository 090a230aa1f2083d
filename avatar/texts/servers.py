"""Texts about programs that draw over HTTP, ComfyUI and A1111 with its kin: server.*."""

from __future__ import annotations

from collections.abc import Mapping

from avatar.texts.tables import Entry, Error

_DO = {
    "go_on": {
        "es": "ponlo en marcha y repite: sigue donde estaba, lo dibujado no se pierde.",
        "en": "start it and repeat: it goes on where it was, what was drawn is not lost.",
    },
    "next": {
        "es": "repite: se dibuja de nuevo solo lo que falta.",
        "en": "repeat: only what is missing is drawn again.",
    },
}

TEXTS: Mapping[str, Entry] = {
    # --- reaching it ---
    "server.not_running": Error(
        what={"es": "{program} no contesta en {address}.", "en": "{program} does not answer at {address}."},
        why={
            "es": "no está en marcha, o está en otra dirección.",
            "en": "it is not running, or it has another address.",
        },
        do=_DO["go_on"],
    ),
    "server.unreachable": Error(
        what={"es": "No se llega a {address} ({program}).", "en": "{address} cannot be reached ({program})."},
        why={
            "es": "el equipo está apagado, la dirección no es suya o un cortafuegos lo impide.",
            "en": "that computer is off, the address is not its own, or a firewall is in the way.",
        },
        do=_DO["go_on"],
    ),
    "server.silent": Error(
        what={
            "es": "{program} ({address}) no dice nada desde hace {seconds} s.",
            "en": "{program} ({address}) has said nothing for {seconds} s.",
        },
        why={"es": "está bloqueado o le falta memoria.", "en": "it hangs, or is short of memory."},
        do={
            "es": "ciérralo, ponlo en marcha otra vez y repite: lo dibujado no se pierde.",
            "en": "close it, start it again and repeat: what was drawn is not lost.",
        },
    ),
    "server.broken_off": Error(
        what={
            "es": "{program} ({address}) cortó la conexión a medias.",
            "en": "{program} ({address}) broke off the connection in the middle.",
        },
        why={"es": "se cerró o se cayó ({detail}).", "en": "it was closed or it crashed ({detail})."},
        do=_DO["go_on"],
    ),
    "server.no_events": Error(
        what={
            "es": "{program} ({address}) contesta, pero no deja seguir el progreso.",
            "en": "{program} ({address}) answers, but does not let its progress be followed.",
        },
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": "si hay un proxy delante, que deje pasar WebSocket (/ws); si no, pon {program} al día.",
            "en": "if a proxy stands before it, let it pass WebSocket (/ws); if not, update {program}.",
        },
    ),
    "server.another_program": Error(
        what={
            "es": "En {address} contesta otra cosa, no {program}.",
            "en": "Something else answers at {address}, not {program}.",
        },
        do={
            "es": "mira en su ventana qué dirección dice y dila: [[settings {setting} DIRECCIÓN]]",
            "en": "look up the address in its window and give it: [[settings {setting} ADDRESS]]",
        },
    ),
    "server.api_off": Error(
        what={
            "es": "{program} ({address}) está en marcha, pero no se le puede pedir nada.",
            "en": "{program} ({address}) is running, but takes no requests.",
        },
        why={"es": "arrancó sin su API.", "en": "it was started without its API."},
        do={
            "es": "añade --api a COMMANDLINE_ARGS (webui-user.bat o webui-user.sh), arráncalo otra vez y repite.",
            "en": "add --api to COMMANDLINE_ARGS (webui-user.bat or webui-user.sh), start it again and repeat.",
        },
    ),
    "server.password_missing": Error(
        what={
            "es": "{program} ({address}) pide usuario y contraseña.",
            "en": "{program} ({address}) asks for user and password.",
        },
        do={
            "es": "dilos: [[settings generate.user NOMBRE]] y [[settings generate.password VALOR]]",
            "en": "give them: [[settings generate.user NAME]] and [[settings generate.password VALUE]]",
        },
    ),
    "server.password_wrong": Error(
        what={
            "es": "{program} ({address}) no acepta el usuario o la contraseña.",
            "en": "{program} ({address}) does not accept the user or the password.",
        },
        do={
            "es": "corrígelos: [[settings generate.user NOMBRE]] y [[settings generate.password VALOR]]",
            "en": "correct them: [[settings generate.user NAME]] and [[settings generate.password VALUE]]",
        },
    ),
    "server.bad_address": Error(
        what={"es": "Esto no es una dirección: {address}", "en": "This is no address: {address}"},
        do={
            "es": "escribe {setting} como http://127.0.0.1:8188, sin usuario dentro.",
            "en": "write {setting} like http://127.0.0.1:8188, without a user in it.",
        },
    ),
    "server.elsewhere": {
        "es": "Las imágenes de la persona y su LoRA van a otro equipo: {program} en {address}.",
        "en": "The pictures of the person and their LoRA go to another computer: {program} at {address}.",
    },
    "server.password_in_clear": {
        "es": "La contraseña va a {address} sin cifrar: quien esté en esa red puede leerla.",
        "en": "The password goes to {address} unencrypted: whoever is on that network can read it.",
    },
    "server.busy": {
        "es": "{program} está dibujando para otros (en su cola: {n}); las nuestras esperan su turno.",
        "en": "{program} is drawing for others (in its queue: {n}); ours wait for their turn.",
    },
    "server.busy_for_long": Error(
        what={
            "es": "{program} lleva {minutes} min dibujando para otros.",
            "en": "{program} has been drawing for others for {minutes} min.",
        },
        do={"es": "espera a que acabe y repite.", "en": "wait until it is through and repeat."},
    ),
    # --- what it has ---
    "server.without": Error(
        what={
            "es": "A {program} ({address}) le falta algo que hace falta: {missing}.",
            "en": "{program} ({address}) lacks something that is needed: {missing}.",
        },
        do={"es": "ponlo al día y repite.", "en": "update it and repeat."},
    ),
    "server.lacks_sampler": Error(
        what={"es": "{program} no conoce: {missing}.", "en": "{program} does not know: {missing}."},
        do={"es": "ponlo al día y repite.", "en": "update it and repeat."},
    ),
    "server.no_lora_extension": Error(
        what={
            "es": "{program} ({address}) no tiene activada la extensión Lora.",
            "en": "{program} ({address}) does not have its Lora extension on.",
        },
        do={
            "es": "actívala en su pestaña Extensions y arráncalo otra vez.",
            "en": "turn it on in its tab Extensions and start it again.",
        },
    ),
    "server.no_bases": Error(
        what={
            "es": "El servidor no tiene ningún modelo base; hace falta «{name}».",
            "en": "The server has no base model at all; it needs '{name}'.",
        },
        do={
            "es": "copia el modelo base a su carpeta de checkpoints y repite.",
            "en": "copy the base model into its folder of checkpoints and repeat.",
        },
    ),
    "server.base_missing": Error(
        what={
            "es": "El servidor no tiene el modelo base «{name}».",
            "en": "The server does not have the base model '{name}'.",
        },
        why={"es": "tiene: {there}", "en": "it has: {there}"},
        do={
            "es": "cópialo a su carpeta de checkpoints; si allí se llama de otra forma: [[settings {setting} NOMBRE]]",
            "en": "copy it into its folder of checkpoints; if its name differs there: [[settings {setting} NAME]]",
        },
    ),
    "server.base_ambiguous": Error(
        what={
            "es": "El servidor tiene varios modelos base que se llaman «{name}»: {found}",
            "en": "The server has several base models called '{name}': {found}",
        },
        do={
            "es": "di cuál es, con su carpeta: [[settings {setting} NOMBRE]]",
            "en": "say which it is, with its folder: [[settings {setting} NAME]]",
        },
    ),
    "server.other_base": Error(
        what={
            "es": "El «{name}» de {program} no es el modelo base con el que se entrenó.",
            "en": "The '{name}' of {program} is not the base model of the training.",
        },
        why={"es": "su contenido no es el de {path}.", "en": "its content is not that of {path}."},
        do={
            "es": "copia allí el bueno con otro nombre y di ese nombre: [[settings generate.base_name NOMBRE]]",
            "en": "copy the right one there under another name and give that: [[settings generate.base_name NAME]]",
        },
    ),
    "server.base_gone": Error(
        what={
            "es": "{program} ya no tiene el modelo base «{name}».",
            "en": "{program} no longer has the base model '{name}'.",
        },
        do=_DO["next"],
    ),
    "server.other_vae": {
        "es": "{program} no tiene el VAE «{name}»: dibuja con el del modelo base, y los colores pueden cambiar un poco.",
        "en": "{program} does not have the VAE '{name}': it draws with the base model's, and colours may differ a little.",
    },
    "server.v_prediction": {
        "es": "El modelo base es de predicción v; {program} lo averigua por sí mismo. Si salen solo manchas, es por eso.",
        "en": "The base model predicts v; {program} finds that out by itself. If only blotches come, that is why.",
    },
    # --- the folder of LoRAs ---
    "server.lora_folder_unknown": Error(
        what={
            "es": "No se sabe dónde guarda sus LoRA {program} ({address}).",
            "en": "It is not known where {program} ({address}) keeps its LoRAs.",
        },
        do={
            "es": "di una vez dónde está su carpeta {folder}: [[settings {setting} CARPETA]]",
            "en": "say once where its folder {folder} is: [[settings {setting} FOLDER]]",
        },
    ),
    "server.lora_folder_missing": Error(
        what={"es": "La carpeta de LoRA no existe: {path}", "en": "The folder of LoRAs does not exist: {path}"},
        do={"es": "di la que es: [[settings {setting} CARPETA]]", "en": "say which it is: [[settings {setting} FOLDER]]"},
    ),
    "server.lora_folder_of_client": Error(
        what={
            "es": "{path} está dentro de la carpeta de un cliente: un servidor no debe escribir ahí.",
            "en": "{path} is within a client's folder: no server may write there.",
        },
        do={
            "es": "di la carpeta de LoRA del servidor: [[settings {setting} CARPETA]]",
            "en": "say which is the server's own folder of LoRAs: [[settings {setting} FOLDER]]",
        },
    ),
    "server.lora_folder_wrong": Error(
        what={
            "es": "{program} no ve lo que se copia en {path}.",
            "en": "{program} does not see what is copied to {path}.",
        },
        why={"es": "no es su carpeta de LoRA.", "en": "it is not its folder of LoRAs."},
        do={"es": "di la que es: [[settings {setting} CARPETA]]", "en": "say which it is: [[settings {setting} FOLDER]]"},
    ),
    "server.lora_folder_full": Error(
        what={"es": "No cabe el LoRA en {path} ({detail}).", "en": "The LoRA does not fit into {path} ({detail})."},
        do={"es": "libera espacio en ese disco y repite.", "en": "make room on that disk and repeat."},
    ),
    "server.lora_folder_refuses": Error(
        what={"es": "No se puede copiar el LoRA a {path} ({detail}).", "en": "The LoRA cannot be copied to {path} ({detail})."},
        do={
            "es": "da permiso de escritura en esa carpeta, o cierra el programa que la tiene abierta, y repite.",
            "en": "allow writing there, or close the program that has it open, and repeat.",
        },
    ),
    "server.name_taken": Error(
        what={
            "es": "Ya hay otro archivo con ese nombre, y no es nuestro: {path}",
            "en": "There is another file of that name, and it is not ours: {path}",
        },
        do={"es": "ponle otro nombre o quítalo, y repite.", "en": "rename or remove it and repeat."},
    ),
    "server.lora_changed": Error(
        what={
            "es": "El LoRA ha cambiado o ya no está: {path}",
            "en": "The LoRA has changed or is gone: {path}",
        },
        do=_DO["next"],
    ),
    "server.lora_not_listed": Error(
        what={
            "es": "{program} ya no encuentra el LoRA: alguien quitó {name}.",
            "en": "{program} no longer finds the LoRA: somebody removed {name}.",
        },
        do=_DO["next"],
    ),
    "server.lora_unreadable": Error(
        what={"es": "{program} no pudo leer el LoRA ({detail}).", "en": "{program} could not read the LoRA ({detail})."},
        do=_DO["next"],
    ),
    # --- while it draws ---
    "server.out_of_memory": Error(
        what={
            "es": "{program} se quedó sin memoria al dibujar.",
            "en": "{program} ran out of memory while it drew.",
        },
        do={
            "es": "cierra otros programas que usen la tarjeta, o arráncalo con --lowvram, y repite: lo dibujado no se pierde.",
            "en": "close other programs that use the card, or start it with --lowvram, and repeat: nothing drawn is lost.",
        },
    ),
    "server.disk_full": Error(
        what={
            "es": "{program} no pudo guardar la imagen: su disco está lleno.",
            "en": "{program} could not save the picture: its disk is full.",
        },
        do={
            "es": "libera espacio en el disco de {program} y repite: lo dibujado no se pierde.",
            "en": "make room on the disk of {program} and repeat: nothing drawn is lost.",
        },
    ),
    "server.again.interrupted": {
        "es": "Alguien interrumpió nuestra imagen en {program}: se dibuja otra vez.",
        "en": "Somebody interrupted our picture in {program}: it is drawn again.",
    },
    "server.again.gone": {
        "es": "Alguien quitó nuestra imagen de la cola de {program}: se pide otra vez.",
        "en": "Somebody took our picture out of the queue of {program}: it is asked for again.",
    },
    "server.again.unseen": {
        "es": "No se vio a {program} acabar la imagen: se dibuja otra vez para comparar.",
        "en": "{program} was not seen to finish the picture: it is drawn again to compare.",
    },
    "server.cut_off": Error(
        what={
            "es": "La imagen se cortó cada vez en {program} (intentos: {n}); así no se guarda.",
            "en": "The picture was cut off each time in {program} (attempts: {n}); so it is not kept.",
        },
        why={"es": "alguien más la interrumpe allí.", "en": "somebody else interrupts it there."},
        do=_DO["next"],
    ),
    "server.not_interrupted": {
        "es": "{program} dibuja para otros y no sabe parar solo lo nuestro: no se interrumpe nada y lo nuestro no se recoge.",
        "en": "{program} is drawing for others and cannot stop ours alone: nothing is interrupted, and ours is not fetched.",
    },
    "server.refused": Error(
        what={"es": "{program} no aceptó la imagen ({detail}).", "en": "{program} did not take the picture ({detail})."},
        do={"es": "pon {program} al día y repite.", "en": "update {program} and repeat."},
    ),
    "server.failed": Error(
        what={"es": "{program} falló al dibujar ({detail}).", "en": "{program} failed while it drew ({detail})."},
        do={
            "es": "mira su ventana; después repite: se dibuja solo lo que falta.",
            "en": "look at its window; then repeat: only what is missing is drawn.",
        },
    ),
    "server.no_picture": Error(
        what={
            "es": "{program} dijo que había acabado, pero no dio una imagen (dio {n}).",
            "en": "{program} said that it was through, but did not give one picture (it gave {n}).",
        },
        do=_DO["next"],
    ),
    "server.not_a_picture": Error(
        what={
            "es": "Lo que dio {program} no es una imagen PNG.",
            "en": "What {program} gave is no PNG picture.",
        },
        do=_DO["next"],
    ),
    "server.old_picture": Error(
        what={
            "es": "{program} dio una imagen que ya había dado antes ({name}).",
            "en": "{program} gave a picture that it had given before ({name}).",
        },
        do=_DO["next"],
    ),
    "server.from_cache": Error(
        what={
            "es": "{program} no dibujó la imagen: la sacó de su memoria ({nodes}).",
            "en": "{program} did not draw the picture: it took it out of its cache ({nodes}).",
        },
        do={"es": "arranca {program} otra vez y repite.", "en": "start {program} again and repeat."},
    ),
    "server.other_graph": Error(
        what={
            "es": "{program} dibujó otra cosa que la pedida.",
            "en": "{program} drew something other than what was asked for.",
        },
        why={"es": "una extensión suya cambia lo que se le pide.", "en": "an extension of it changes what it is asked for."},
        do={"es": "desactiva esa extensión y repite.", "en": "turn that extension off and repeat."},
    ),
    "server.lora_not_used": Error(
        what={
            "es": "{program} dio una imagen sin usar el LoRA {name}.",
            "en": "{program} gave a picture without using the LoRA {name}.",
        },
        why={"es": "dice que usó: {used}", "en": "it says that it used: {used}"},
        do={
            "es": "mira en su ventana por qué no lo lee; después repite.",
            "en": "look at its window why it does not read it; then repeat.",
        },
    ),
    "server.other_used": Error(
        what={
            "es": "{program} no dibujó lo pedido: {what} es {used} y se pidió {asked}.",
            "en": "{program} did not draw what was asked for: {what} is {used}, asked was {asked}.",
        },
        do={
            "es": "mira sus ajustes y extensiones; después repite.",
            "en": "look at its settings and extensions; then repeat.",
        },
    ),
    "server.what.checkpoint": {"es": "el modelo base", "en": "the base model"},
    "server.what.sampler": {"es": "el muestreador", "en": "the sampler"},
    "server.what.scheduler": {"es": "el reparto de pasos", "en": "the scheduler"},
    "server.what.seed": {"es": "la semilla", "en": "the seed"},
    "server.what.steps": {"es": "el número de pasos", "en": "the number of steps"},
    "server.what.cfg": {"es": "el CFG", "en": "the CFG"},
    "server.what.prompt": {"es": "el texto", "en": "the prompt"},
    "server.what.negative": {"es": "el texto negativo", "en": "the negative prompt"},
    "server.tag_in_prompt": Error(
        what={
            "es": "El texto lleva {tag}: {program} cargaría otro modelo.",
            "en": "The text has {tag}: {program} would load another model.",
        },
        do={"es": "quítalo del texto.", "en": "take it out of the text."},
    ),
}
