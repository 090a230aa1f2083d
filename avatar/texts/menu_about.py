"""Texts that explain the lines of the menus, one sentence each, where the help of a line's command says too little: about.*."""

from __future__ import annotations

from collections.abc import Mapping

from avatar.texts.tables import Entry

TEXTS: Mapping[str, Entry] = {
    # the main menu
    "about.setup": {
        "es": "comprueba el equipo, hace las carpetas y ofrece el entrenador.",
        "en": "checks the computer, makes the folders and offers the trainer.",
    },
    "about.clients": {
        "es": "crear, ver, cambiar, copiar a un zip, restaurar o borrar personas.",
        "en": "create, see, change, copy to a zip, restore or delete persons.",
    },
    "about.select": {"es": "abre el menú de una persona, con sus nueve líneas.", "en": "opens the menu of one person."},
    "about.guided": {
        "es": "paso a paso, de las fotos al modelo; sigue donde quedó.",
        "en": "step by step from photos to the model; goes on where it stopped.",
    },
    "about.queue": {
        "es": "entrena a varios clientes, uno tras otro, mientras no estás.",
        "en": "trains several clients, one after the other, while you are away.",
    },
    "about.dashboard": {
        "es": "páginas en el navegador: entrenamiento, revisión, resultados.",
        "en": "pages in the browser: training, review, results.",
    },
    "about.demo": {
        "es": "todo el proceso con imágenes de muestra, sin tocar lo tuyo.",
        "en": "the whole way on sample pictures; nothing of yours is touched.",
    },
    "about.doctor": {
        "es": "busca lo que va mal, aquí y en cada cliente, y lo arregla.",
        "en": "looks for what is wrong, here and with each client, and mends it.",
    },
    "about.settings": {
        "es": "idioma, modelo base, y todo lo demás con su significado.",
        "en": "language, base model, and all the rest with its meaning.",
    },
    "about.client_show": {
        "es": "sus datos y en qué etapa está.",
        "en": "data of one, and the stage it is at.",
    },
    "about.demo_open": {
        "es": "hace la demostración y abre su menú.",
        "en": "makes the demo and opens its menu.",
    },
    "about.demo_delete": {
        "es": "borra su cliente y sus imágenes; nada más.",
        "en": "deletes its client and its pictures, nothing else.",
    },
    "about.clear_evidence": {
        "es": "lo aprendido aquí de entrenamientos y pruebas; sin deshacer.",
        "en": "what was learnt here from trainings and trials; for good.",
    },
    "about.all_settings": {
        "es": "cada valor del programa: verlo, cambiarlo, deshacerlo.",
        "en": "each value of the program: see it, change it, take it back.",
    },
    # the client's menu
    "about.import_mj": {
        "es": "trae la carpeta o el zip de MidJourney, con sus prompts.",
        "en": "takes in the folder or zip of MidJourney with its prompts.",
    },
    "about.import_real": {
        "es": "trae las fotos de la persona; los originales no se tocan.",
        "en": "takes in photos of the person; originals stay as they are.",
    },
    "about.process": {
        "es": "recorta y juzga cada cara; aquí también se revisa.",
        "en": "crops and judges each face; the review is here too.",
    },
    "about.prepare": {
        "es": "la carpeta que lee el entrenador, con sus textos.",
        "en": "the folder that the trainer reads, with its captions.",
    },
    "about.configure": {
        "es": "el plan: tarjeta, preajuste y valores, con horas y disco.",
        "en": "the plan: card, preset and values, with hours and disk.",
    },
    "about.train": {
        "es": "comprueba si puede empezar y entrena; también lo continúa.",
        "en": "checks whether it can start, and trains; goes on with one too.",
    },
    "about.monitor": {
        "es": "cómo va el entrenamiento, y pararlo.",
        "en": "how the training is doing, and stopping it.",
    },
    "about.result": {
        "es": "prueba el modelo, elige el mejor, lo entrega y lo instala.",
        "en": "tries the model, chooses the best, hands it over, installs it.",
    },
    "about.client_settings": {
        "es": "sus datos, sus límites, su estado y su informe.",
        "en": "its data, its limits, its state and its report.",
    },
    "about.prompts": {
        "es": "escribe el prompt de todas, o el de un grupo que no lo trae.",
        "en": "type the prompt of all, or that of a group which has none.",
    },
    "about.mj_data": {
        "es": "prompt y parámetros de cada grupo, y qué no pasa al texto.",
        "en": "prompt and parameters per group, and what is left out.",
    },
    "about.undo_import": {
        "es": "quita todo lo de una carga; se puede recuperar.",
        "en": "takes out all of one import; it can be brought back.",
    },
    "about.review": {
        "es": "aprobar o rechazar por número, y elegir la cara.",
        "en": "approve or reject by number, and choose the face.",
    },
    "about.review_browser": {
        "es": "lo mismo, viendo cada recorte en una página.",
        "en": "the same, with each crop on a page.",
    },
    "about.who": {
        "es": "enseña los recortes y pregunta si es la misma persona.",
        "en": "shows the crops and asks whether it is the same person.",
    },
    "about.remove": {
        "es": "saca imágenes del cliente por número; se puede recuperar.",
        "en": "takes pictures out by number; they can be brought back.",
    },
    "about.process_again": {
        "es": "recorta de nuevo también las ya hechas; lo que decidiste queda.",
        "en": "crops those that are done anew too; what you decided stays.",
    },
    "about.compare": {
        "es": "compara las caras entre sí y señala las que no encajan.",
        "en": "compares the faces and points out those that do not fit.",
    },
    "about.captions": {
        "es": "lo que se dice de cada imagen: verlo y cambiarlo.",
        "en": "what is said of each picture: see and change it.",
    },
    "about.held_out": {
        "es": "fotos que no se entrenan y miden después el parecido.",
        "en": "photos that are not trained and measure likeness later.",
    },
    "about.ready": {
        "es": "qué le falta al dataset, sin cambiar nada.",
        "en": "what the dataset lacks; nothing is changed.",
    },
    "about.captions_show": {
        "es": "la lista en corto, y entero el que pidas.",
        "en": "the list in short, and in full the one you ask for.",
    },
    "about.captions_set": {"es": "cambia el texto de una imagen.", "en": "changes the caption of one picture."},
    "about.captions_replace": {
        "es": "cambia una palabra en todos; primero lo enseña.",
        "en": "changes a word in all; shows it first.",
    },
    "about.captions_add": {"es": "pone la misma frase en todos.", "en": "puts the same phrase into all."},
    "about.captions_remove": {"es": "la borra donde esté.", "en": "deletes it wherever it is."},
    "about.captions_undo": {
        "es": "los textos vuelven a como estaban.",
        "en": "the captions are again as they were.",
    },
    "about.captions_suggest": {
        "es": "un programa mira las imágenes y propone su texto.",
        "en": "a program looks at the pictures and proposes a caption.",
    },
    "about.captions_renew": {
        "es": "después de cambiar la activación o la clase.",
        "en": "after a change of trigger or class word.",
    },
    "about.configure_preset": {
        "es": "elige la tarjeta y rápido, equilibrado o calidad.",
        "en": "choose the card and quick, balanced or quality.",
    },
    "about.configure_value": {
        "es": "pasos, resolución, tamaño…; lo demás queda igual.",
        "en": "steps, resolution, size …; the rest stays.",
    },
    "about.tune": {
        "es": "compara lo entrenado y, con horas, entrena variantes.",
        "en": "compares what is trained and, with hours, trains variants.",
    },
    "about.tune_take": {
        "es": "el archivo que propone, u otro; también sus valores.",
        "en": "the file that it proposes, or another; its values too.",
    },
    "about.tune_add": {
        "es": "el zip que dejó cada paquete; el ajuste lo compara.",
        "en": "the zip that each bundle left; the tuning compares it.",
    },
    "about.dry_run": {
        "es": "si puede empezar, cuánto tarda y qué lo impide.",
        "en": "whether it can start, how long it takes, what is in the way.",
    },
    "about.train_now": {
        "es": "comprueba, dice cuánto tarda y empieza.",
        "en": "checks, says how long it takes, and starts.",
    },
    "about.resume": {"es": "sigue desde lo último que se guardó.", "en": "goes on from what was saved last."},
    "about.queue_this": {
        "es": "lo pone al final; se entrena con «Entrenar la cola».",
        "en": "puts it last; 'Train the queue' trains it.",
    },
    "about.monitor_now": {
        "es": "por qué paso va, cuánto falta y las muestras.",
        "en": "the step it is at, what is left, and the samples.",
    },
    "about.tensorboard": {
        "es": "las curvas en el programa TensorBoard.",
        "en": "the curves in the program TensorBoard.",
    },
    "about.monitor_browser": {"es": "curva y muestras en directo, en una página.", "en": "curve and samples live, on a page."},
    "about.adopt": {
        "es": "su programa se cerró: lo sigue hasta el final.",
        "en": "its program was closed: follows it to its end.",
    },
    "about.stop": {
        "es": "acaba con lo entrenado guardado; se puede continuar.",
        "en": "ends with what is trained saved; it can go on later.",
    },
    "about.try_otherwise": {
        "es": "más imágenes de los empatados, o lo que tú elijas.",
        "en": "more pictures of those tied, or what you choose.",
    },
    "about.results_take": {
        "es": "el mejor de la prueba pasa a ser el modelo del cliente.",
        "en": "the best of the trial becomes the client's model.",
    },
    "about.models": {
        "es": "modelos guardados: verlos, usar uno anterior, borrar.",
        "en": "saved models: see them, use an earlier one, delete.",
    },
    "about.models_take": {
        "es": "hace de un punto de guardado el modelo.",
        "en": "makes the model of a checkpoint.",
    },
    "about.models_add": {
        "es": "un archivo .safetensors o el zip de otro equipo.",
        "en": "a .safetensors file, or the zip of another computer.",
    },
    "about.models_clear": {
        "es": "puntos de guardado que ya nadie usa; el modelo queda.",
        "en": "checkpoints that nobody uses; the model stays.",
    },
    "about.limits": {
        "es": "cuándo se rechaza una imagen; enseña qué cambiaría.",
        "en": "when a picture is refused; shows what would change.",
    },
    "about.own_settings": {
        "es": "valores que solo en este cliente son otros.",
        "en": "values that are other ones for this client only.",
    },
    "about.client_doctor": {
        "es": "busca lo que va mal en este cliente y lo arregla.",
        "en": "looks for what is wrong with this client and mends it.",
    },
}
