"""Texts about what looks at pictures and suggests captions: captioner.*."""

from __future__ import annotations

from collections.abc import Mapping

from avatar.texts.tables import Entry, Error

TEXTS: Mapping[str, Entry] = {
    # --- the agreement ---
    "captioner.terms.model_and_packages": {
        "es": """
            Para {kind:captioner} hace falta descargar una vez el modelo {model} ({size_mb} MB, licencia {licence}) de {hub}, a
            {folder}, e instalar en el entorno del entrenador {packages} (unos {packages_mb} MB de PyPI), sin cambiar la versión
            de ningún otro paquete. Mira las imágenes en este equipo y sin red: nada de ellas sale de él.
        """,
        "en": """
            For {kind:captioner} it takes to download the model {model} once ({size_mb} MB, licence {licence}) from {hub} into
            {folder}, and to install {packages} into the trainer's environment (about {packages_mb} MB from PyPI), without
            changing the version of any other package. It looks at the pictures on this computer and without a network: nothing
            of them leaves it.
        """,
    },
    "captioner.terms.model": {
        "es": """
            Para {kind:captioner} hace falta descargar una vez el modelo {model} ({size_mb} MB, licencia {licence}) de {hub}, a
            {folder}; no hace falta ningún paquete más. Mira las imágenes en este equipo y sin red: nada de ellas sale de él.
        """,
        "en": """
            For {kind:captioner} it takes to download the model {model} once ({size_mb} MB, licence {licence}) from {hub} into
            {folder}; no further package is needed. It looks at the pictures on this computer and without a network: nothing of
            them leaves it.
        """,
    },
    "captioner.terms.server_here": {
        "es": """
            El servidor recibe una copia pequeña de cada recorte (768 px como mucho): el programa que escucha en {address}, en
            este mismo equipo: de este programa nada sale de él. Lo que haga ese otro programa con las imágenes es cosa suya;
            los modelos «cloud» de Ollama, que trabajan en internet, no se usan.
        """,
        "en": """
            A server gets a small copy of each crop (768 px at most): the program that listens at {address}, on this very
            computer: nothing leaves it by this program. What that other program does with the pictures is its own affair;
            Ollama's "cloud" models, which work on the internet, are not used.
        """,
    },
    "captioner.terms.server_elsewhere": {
        "es": """
            ATENCIÓN: {address} no es este equipo. Se enviaría allí una copia pequeña de cada recorte (768 px como mucho):
            imágenes de una persona saldrían de este equipo. La dirección es la de sus ajustes: [[settings captioner.server]]
        """,
        "en": """
            CAUTION: {address} is not this computer. A small copy of each crop (768 px at most) would be sent there: pictures of
            a person would leave this computer. The address is that of its setting: [[settings captioner.server]]
        """,
    },
    "captioner.not_agreed": Error(
        what={"es": "Falta tu permiso. {terms}", "en": "Your agreement is missing. {terms}"},
        do={
            "es": """
                si te parece bien, repítelo añadiendo --agree al comando: se pregunta una sola vez y lo retira [[captions ID
                --suggest none]].
            """,
            "en": """
                if that is fine, repeat it with --agree added to the command: it is asked once, and [[captions ID --suggest
                none]] takes it back.
            """,
        },
    ),
    "captioner.not_asked": {
        "es": "No se ha descargado ni enviado nada.",
        "en": "Nothing was downloaded or sent.",
    },
    "captioner.taken_back": {
        "es": "Permisos retirados; modelos borrados: {freed_mb:.0f} MB. Lo que dijeron de tus imágenes se conserva.",
        "en": "Agreements taken back; models deleted: {freed_mb:.0f} MB. What they said of your pictures is kept.",
    },
    # --- making it ready ---
    "captioner.installed": {
        "es": "Instalado en el entorno del entrenador: {packages}.",
        "en": "Installed into the trainer's environment: {packages}.",
    },
    "captioner.fetched": {
        "es": "Modelo {model} descargado en {folder}.",
        "en": "Model {model} downloaded into {folder}.",
    },
    "captioner.python_silent": Error(
        what={
            "es": "El Python del entrenador no contesta ({python}).",
            "en": "The trainer's Python does not answer ({python}).",
        },
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": "repara el entrenador con [[setup --trainer]] y repite.",
            "en": "repair the trainer with [[setup --trainer]] and repeat.",
        },
    ),
    "captioner.own_environment": Error(
        what={
            "es": "Al entorno de tu entrenador le faltan paquetes: {packages}.",
            "en": "Packages are missing in your trainer's environment: {packages}.",
        },
        why={
            "es": "lo indicas tú en los ajustes ([[settings trainer.python]]): es tuyo y este programa no lo cambia.",
            "en": """
                you name it in the settings ([[settings trainer.python]]): it is yours, and this program does not change it.
            """,
        },
        do={"es": "instálalos tú y repite:\n{command}", "en": "install them yourself and repeat:\n{command}"},
    ),
    "captioner.packages_failed": Error(
        what={
            "es": "No se ha podido instalar {packages} en el entorno del entrenador, que sigue como estaba.",
            "en": "{packages} could not be installed into the trainer's environment, which is as it was.",
        },
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": """
                usa el que escribe frases, que no necesita ningún paquete: [[captions ID --suggest sentences]]. Lo que dijo pip
                está en {log}.
            """,
            "en": """
                use the one that writes sentences, which needs no package: [[captions ID --suggest sentences]]. What pip said
                stands in {log}.
            """,
        },
    ),
    "captioner.packages_offline": Error(
        what={
            "es": "No se ha podido descargar {packages}; el entorno del entrenador sigue como estaba.",
            "en": "{packages} could not be downloaded; the trainer's environment is as it was.",
        },
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": "comprueba la conexión (y el proxy) y repite. Registro: {log}",
            "en": "check the connection (and the proxy) and repeat. Log: {log}",
        },
    ),
    "captioner.packages_broken": Error(
        what={
            "es": "{packages} está instalado en el entorno del entrenador, pero no se puede cargar.",
            "en": "{packages} is installed in the trainer's environment but cannot be loaded.",
        },
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": """
                en Windows suele faltar «Microsoft Visual C++ Redistributable» (x64): instálalo y repite; o usa el que escribe
                frases, que no lo necesita: [[captions ID --suggest sentences]]
            """,
            "en": """
                on Windows 'Microsoft Visual C++ Redistributable' (x64) is what usually lacks: install it and repeat; or use the
                one that writes sentences, which does not need it: [[captions ID --suggest sentences]]
            """,
        },
    ),
    "captioner.no_space": Error(
        what={"es": "No hay sitio para el modelo en {path}.", "en": "There is not enough space for the model in {path}."},
        why={
            "es": "quedan {free_mb:.0f} MB y hacen falta unos {needed_mb:.0f} MB.",
            "en": "{free_mb:.0f} MB are left and about {needed_mb:.0f} MB needed.",
        },
        do={"es": "libera espacio y repite.", "en": "free some space and repeat."},
    ),
    "captioner.model_offline": Error(
        what={"es": "No se ha podido descargar {model} de {hub}.", "en": "{model} could not be downloaded from {hub}."},
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": """
                comprueba la conexión y repite: sigue donde se quedó. Donde ese sitio está vedado, la variable HF_ENDPOINT
                indica un espejo.
            """,
            "en": """
                check the connection and repeat: it goes on where it was. Where that site is barred, the variable HF_ENDPOINT
                names a mirror.
            """,
        },
    ),
    "captioner.model_failed": Error(
        what={"es": "{hub} no ha dado el modelo {model}.", "en": "{hub} did not give the model {model}."},
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": """
                repite más tarde, o usa otro: [[captions ID --suggest sentences]], [[captions ID --suggest tags]] o [[captions
                ID --suggest server]]
            """,
            "en": """
                repeat later, or use another one: [[captions ID --suggest sentences]], [[captions ID --suggest tags]] or
                [[captions ID --suggest server]]
            """,
        },
    ),
    # --- at work ---
    "captioner.asking": {
        "es": "{model} mira {n:imagen|imágenes}. Ctrl+C lo detiene; lo ya dicho se conserva.",
        "en": "{model} looks at {n:picture|pictures}. Ctrl+C stops it; what it said is kept.",
    },
    "captioner.kind.sentences": {"es": "escribir frases", "en": "sentences"},
    "captioner.kind.tags": {"es": "escribir etiquetas", "en": "tags"},
    "captioner.kind.server": {"es": "preguntar a un servidor", "en": "a server"},
    "captioner.kind.none": {"es": "nada más", "en": "nothing any more"},
    "captioner.choice.sentences": {
        "es": "Frases, de un generador del entrenador (1,6 GB): lo mejor para fotos",
        "en": "Sentences, by a captioner of the trainer (1.6 GB): best for photos",
    },
    "captioner.choice.tags": {
        "es": "Etiquetas, de un etiquetador del entrenador (0,4 GB): lo mejor para dibujos",
        "en": "Tags, by a tagger of the trainer (0.4 GB): best for drawings",
    },
    "captioner.choice.server": {
        "es": "Un modelo con visión de tu Ollama, LM Studio o llama.cpp",
        "en": "A vision model of your Ollama, LM Studio or llama.cpp",
    },
    "captioner.choice.none": {
        "es": "Nada más: retirar el permiso y borrar los modelos descargados",
        "en": "Nothing any more: take the agreement back and delete the downloaded models",
    },
    "captioner.title": {
        "es": "{model} añadiría algo a {n} de {total} textos, los más dudosos primero (nada escrito todavía)",
        "en": "{model} would add something to {n} of {total} captions, the most doubtful first (nothing written yet)",
    },
    "captioner.nothing_new": {
        "es": "De {n:imagen|imágenes} no ha dicho nada que no esté ya en su texto.",
        "en": "Of {n:picture|pictures} it said nothing that their captions do not say already.",
    },
    "captioner.none_doubtful": {
        "es": """
            Ningún texto es dudoso: no hay nada que describir. Todos los que no has editado: [[captions ID --suggest sentences
            --all]]
        """,
        "en": """
            No caption is doubtful: there is nothing to describe. Every one that you have not edited: [[captions ID --suggest
            sentences --all]]
        """,
    },
    "captioner.bad_crop": Error(
        what={"es": "No se puede leer el recorte {path}.", "en": "The crop {path} cannot be read."},
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": "hazlo otra vez con [[process ID --force]] y repite.",
            "en": "make it again with [[process ID --force]] and repeat.",
        },
    ),
    # --- a server of the user's ---
    "captioner.server.bad_address": Error(
        what={"es": "«{address}» no es la dirección de un servidor.", "en": "'{address}' is not the address of a server."},
        do={
            "es": "pon una como esta: [[settings {setting} http://127.0.0.1:11434]]",
            "en": "give one like this: [[settings {setting} http://127.0.0.1:11434]]",
        },
    ),
    "captioner.server.not_running": Error(
        what={
            "es": "Ningún servidor contesta en {address}.",
            "en": "No server answers at {address}.",
        },
        do={
            "es": """
                pon en marcha Ollama (o LM Studio, llama.cpp…) con un modelo con visión y repite; si está en otra dirección,
                dila: [[settings captioner.server DIRECCIÓN]]
            """,
            "en": """
                start Ollama (or LM Studio, llama.cpp…) with a vision model and repeat; if it has another address, say so:
                [[settings captioner.server ADDRESS]]
            """,
        },
    ),
    "captioner.server.unreachable": Error(
        what={"es": "No se llega a {address}.", "en": "{address} cannot be reached."},
        do={
            "es": "comprueba que ese equipo está encendido y que un cortafuegos no lo impide, y repite.",
            "en": "check that that computer is on and no firewall is in the way, and repeat.",
        },
    ),
    "captioner.server.silent": Error(
        what={
            "es": "El servidor de {address} no ha contestado en {seconds} s.",
            "en": "The server at {address} has not answered within {seconds} s.",
        },
        why={
            "es": "el modelo es demasiado grande para este equipo, o está ocupado.",
            "en": "the model is too large for this computer, or it is busy.",
        },
        do={
            "es": """
                elige un modelo más pequeño ([[settings captioner.model MODELO]]), dale más segundos
                ([[settings captioner.timeout_s 600]]) o repite más tarde: lo ya descrito se conserva.
            """,
            "en": """
                choose a smaller model ([[settings captioner.model MODEL]]), give it more seconds
                ([[settings captioner.timeout_s 600]]) or repeat later: what was described is kept.
            """,
        },
    ),
    "captioner.server.broken_off": Error(
        what={
            "es": "El servidor de {address} cortó la conexión a medias.",
            "en": "The server at {address} broke off the connection in the middle.",
        },
        why={"es": "se cerró o se cayó ({detail}).", "en": "it was closed or it crashed ({detail})."},
        do={
            "es": "ponlo en marcha otra vez y repite: lo ya descrito se conserva.",
            "en": "start it again and repeat: what was described is kept.",
        },
    ),
    "captioner.server.another_program": Error(
        what={
            "es": "En {address} contesta algo que no es Ollama ni habla como OpenAI.",
            "en": "What answers at {address} is not Ollama and does not speak as OpenAI does.",
        },
        do={
            "es": "da la dirección que dice tu servidor, sin «/v1»: [[settings {setting} DIRECCIÓN]]",
            "en": "give the address that your server tells, without '/v1': [[settings {setting} ADDRESS]]",
        },
    ),
    "captioner.server.password_missing": Error(
        what={"es": "El servidor de {address} pide una contraseña.", "en": "The server at {address} asks for a password."},
        do={
            "es": "ponlo en marcha sin clave de acceso en este equipo; este programa no envía ninguna.",
            "en": "start it without an access key on this computer; this program sends none.",
        },
    ),
    "captioner.server.no_model": Error(
        what={
            "es": "El servidor de {address} no tiene el modelo «{model}».",
            "en": "The server at {address} does not have the model '{model}'.",
        },
        why={"es": "tiene: {models}", "en": "it has: {models}"},
        do={
            "es": "descárgalo allí (con Ollama: ollama pull {model}), o elige otro: [[settings captioner.model MODELO]]",
            "en": "download it there (with Ollama: ollama pull {model}), or choose another: [[settings captioner.model MODEL]]",
        },
    ),
    "captioner.server.none_sees": Error(
        what={
            "es": "Ninguno de los modelos del servidor de {address} ve imágenes.",
            "en": "None of the models of the server at {address} sees pictures.",
        },
        why={"es": "tiene: {models}", "en": "it has: {models}"},
        do={
            "es": """
                descarga uno con visión (con Ollama: ollama pull qwen2.5vl:3b, unos 3 GB) y repite; si ya tienes uno, pon su
                nombre: [[settings captioner.model MODELO]]
            """,
            "en": """
                download one with vision (with Ollama: ollama pull qwen2.5vl:3b, about 3 GB) and repeat; if you have one, put
                its name here: [[settings captioner.model MODEL]]
            """,
        },
    ),
    "captioner.server.model_elsewhere": Error(
        what={
            "es": "El modelo «{model}» de {address} trabaja en internet: las imágenes saldrían de este equipo.",
            "en": "The model '{model}' of {address} works on the internet: the pictures would leave this computer.",
        },
        do={
            "es": "elige uno descargado en este equipo: [[settings captioner.model MODELO]]",
            "en": "choose one that is downloaded on this computer: [[settings captioner.model MODEL]]",
        },
    ),
    "captioner.server.blind": Error(
        what={
            "es": "El modelo «{model}» de {address} no ve imágenes.",
            "en": "The model '{model}' of {address} does not see pictures.",
        },
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": "elige uno con visión, [[settings captioner.model MODELO]] (con llama.cpp hace falta también --mmproj).",
            "en": "choose a vision model, [[settings captioner.model MODEL]] (llama.cpp needs --mmproj besides).",
        },
    ),
    "captioner.server.sees_nothing": Error(
        what={
            "es": "El modelo «{model}» de {address} no ve las imágenes que recibe.",
            "en": "The model '{model}' of {address} does not see the pictures that it gets.",
        },
        why={
            "es": "preguntado por el color de una imagen de prueba, roja o azul, dijo: {detail}",
            "en": "asked for the colour of a picture for trial, red or blue, it said: {detail}",
        },
        do={
            "es": "elige uno con visión, [[settings captioner.model MODELO]] (con llama.cpp hace falta también --mmproj).",
            "en": "choose a vision model, [[settings captioner.model MODEL]] (llama.cpp needs --mmproj besides).",
        },
    ),
    "captioner.server.nonsense": Error(
        what={
            "es": "Lo que contesta «{model}» ({address}) no sirve para describir imágenes.",
            "en": "What '{model}' ({address}) answers is no description of a picture.",
        },
        do={
            "es": "prueba otro modelo: [[settings captioner.model MODELO]]",
            "en": "try another model: [[settings captioner.model MODEL]]",
        },
    ),
    "captioner.server.refused": Error(
        what={
            "es": "El servidor de {address} no ha podido describir la imagen con «{model}».",
            "en": "The server at {address} could not describe the picture with '{model}'.",
        },
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": "si es por memoria, elige un modelo más pequeño ([[settings captioner.model MODELO]]) o ciérralo y repite.",
            "en": "if it lacks memory, choose a smaller model ([[settings captioner.model MODEL]]), or restart it and repeat.",
        },
    ),
}
