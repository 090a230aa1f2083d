"""Texts of handing a model over: deliver.*, install.*, add.*."""

from __future__ import annotations

from collections.abc import Mapping

from avatar.texts.tables import Entry, Error

TEXTS: Mapping[str, Entry] = {
    "deliver.no_model": Error(
        what={"es": "No hay ningún modelo que entregar.", "en": "There is no model to hand over."},
        why={"es": "«{client}» no tiene ninguno entrenado.", "en": "'{client}' has none that is trained."},
        do={
            "es": "entrena ([[train {client}]]) o trae uno entrenado en otro sitio ([[models {client} --add ARCHIVO]]).",
            "en": "train ([[train {client}]]), or bring one home that was trained elsewhere ([[models {client} --add FILE]]).",
        },
    ),
    "deliver.bad_model": Error(
        what={
            "es": "No se entrega {path}: no es lo que debería.",
            "en": "{path} is not handed over: it is not what it should be.",
        },
        why={"es": "{problem}", "en": "{problem}"},
        do={
            "es": "toma otro punto de guardado ([[models ID]] los muestra) o quita ese archivo de la carpeta.",
            "en": "take another checkpoint ([[models ID]] lists them), or take that file out of the folder.",
        },
    ),
    "deliver.changed": {
        "es": "no es el archivo que se comprobó al terminar: otro lo ha cambiado",
        "en": "it is not the file that was checked at the end: something has changed it",
    },
    "deliver.private": Error(
        what={
            "es": "No se ha escrito nada: {member} diría «{found}».",
            "en": "Nothing was written: {member} would say '{found}'.",
        },
        why={
            "es": "es una carpeta de este equipo o el nombre de una foto, y una entrega no los lleva.",
            "en": "it is a folder of this computer or the name of a picture, and a delivery has none.",
        },
        do={
            "es": "quítalo de ahí: de la nota de consentimiento, de un prompt o del archivo junto al modelo.",
            "en": "take it out there: of the consent note, of a prompt, or of the file beside the model.",
        },
    ),
    "deliver.broken": Error(
        what={"es": "La entrega {path} no se guardó.", "en": "The delivery {path} was discarded."},
        why={"es": "{member} no se pudo volver a leer del disco.", "en": "{member} could not be read back from the disk."},
        do={"es": "escríbela en otro disco.", "en": "write it to another disk."},
    ),
    "deliver.done": {
        "es": "Entrega lista, abierta de nuevo y comprobada: {path} ({bytes_mb:.1f} MB). Modelo: {model}, peso {weight}.",
        "en": "Delivery ready, opened anew and checked: {path} ({bytes_mb:.1f} MB). Model: {model}, weight {weight}.",
    },
    "deliver.how": {
        "es": "Quien la reciba la descomprime y sigue LEEME.txt. No lleva ninguna foto, ni nombres de fotos, ni carpetas.",
        "en": "Whoever gets it unpacks it and follows README.txt. It holds no photo, no name of one, and no folder.",
    },
    "deliver.with_pictures": {
        "es": "Lleva {n:imagen|imágenes} del entrenamiento, como has pedido: son datos personales.",
        "en": "It holds {n:picture|pictures} of the training, as you asked: personal data.",
    },
    "deliver.person": {
        "es": "Quien tenga este modelo puede dibujar a la persona: entrégalo solo a quien deba tenerlo.",
        "en": "Whoever has this model can draw the person: hand it only to those who should have it.",
    },
    "deliver.newest": {
        "es": "Se entrega el más nuevo; hay otros: {others}. Para elegir: [[results ID --take MODEL@WEIGHT]].",
        "en": "The newest one is handed over; there are others: {others}. To choose: [[results ID --take MODEL@WEIGHT]].",
    },
    "deliver.passed_over": {
        "es": "No están bien y se han pasado por alto: {names}",
        "en": "Not in order, and passed over: {names}",
    },
    "deliver.licence.sdxl": {
        "es": """
            SDXL base 1.0, de Stability AI, con licencia CreativeML Open RAIL++-M: se puede usar, también para ganar dinero, y
            pasar a otros, pero no para lo que prohíbe su anexo A, y quien reciba el LoRA debe respetar lo mismo. Texto:
            https://huggingface.co/stabilityai/stable-diffusion-xl-base-1.0/blob/main/LICENSE.md
        """,
        "en": """
            SDXL base 1.0 by Stability AI, under the CreativeML Open RAIL++-M licence: it may be used, for money too, and passed
            on, but not for what its attachment A forbids, and whoever gets the LoRA must keep to the same. Text:
            https://huggingface.co/stabilityai/stable-diffusion-xl-base-1.0/blob/main/LICENSE.md
        """,
    },
    "deliver.licence.unknown": {
        "es": """
            La licencia de {base} no se conoce aquí. Mira en la página de donde se descargó si permite vender imágenes, usarlo
            como servicio y pasar a otros lo entrenado con él.
        """,
        "en": """
            The licence of {base} is not known here. See on the page where it was downloaded whether it allows selling pictures,
            offering it as a service, and passing on what was trained with it.
        """,
    },
    "deliver.licence.no_base": {
        "es": """
            No se sabe con qué modelo base se entrenó. Pregúntalo a quien lo hizo y mira si la licencia de ese modelo permite
            vender imágenes, usarlo como servicio y pasar a otros lo entrenado con él.
        """,
        "en": """
            It is not known on which base model it was trained. Ask whoever did, and see whether that model's licence allows
            selling pictures, offering it as a service, and passing on what was trained with it.
        """,
    },
    "deliver.beside.picture": {"es": "con {name}.json y {name}.png", "en": "with {name}.json and {name}.png"},
    "deliver.beside.alone": {"es": "con {name}.json", "en": "with {name}.json"},
    "deliver.previews.some": {
        "es": "previews: {n:imagen hecha|imágenes hechas} con él, con sus parámetros.",
        "en": "previews: {n:picture|pictures} made with it, with their parameters.",
    },
    "deliver.previews.none": {
        "es": "No hay imágenes de muestra: no se eligió en una prueba.",
        "en": "There are no sample pictures: it was not chosen in a trial.",
    },
    "deliver.likeness.unknown": {
        "es": "No se ha medido.",
        "en": "Not measured.",
    },
    "deliver.likeness.known": {
        "es": "{value:.2f} (coseno) de media en {n:imagen|imágenes} de la prueba.",
        "en": "{value:.2f} (cosine) on average over {n:picture|pictures} of the trial.",
    },
    "deliver.likeness.compared": {
        "es": """
            {value:.2f} (coseno) de media en {n:imagen|imágenes} de la prueba; diferencias menores de {critical:.2f} no
            significan nada.
        """,
        "en": """
            {value:.2f} (cosine) on average over {n:picture|pictures} of the trial; differences below {critical:.2f}
            mean nothing.
        """,
    },
    "deliver.made.here": {
        "es": "{steps:paso|pasos} de entrenamiento, rango {dim}, {when}",
        "en": "{steps:step|steps} of training, rank {dim}, {when}",
    },
    "deliver.made.elsewhere": {"es": "entrenado en otro equipo, rango {dim}", "en": "trained on another computer, rank {dim}"},
    "deliver.made.unknown": {"es": "rango {dim}", "en": "rank {dim}"},
    "deliver.consent.noted": {"es": "Nota guardada: {note}", "en": "Note kept: {note}"},
    "deliver.consent.none": {
        "es": "No se guardó ninguna nota: asegúrate de que la persona está de acuerdo antes de usarlo.",
        "en": "No note was kept: make sure that the person agrees before you use it.",
    },
    "deliver.predicts_v": {
        "es": "predice v: en ComfyUI, nodo ModelSamplingDiscrete con v_prediction",
        "en": "predicts v: in ComfyUI, node ModelSamplingDiscrete with v_prediction",
    },
    "deliver.predicts_noise": {"es": "SDXL normal", "en": "ordinary SDXL"},
    "deliver.readme": {
        "es": """
            {name}: un LoRA para SDXL

            ==========================================


            Palabras de activación   {trigger}

            Peso                     {weight}

            Pasos, CFG               {iterations}, {cfg}

            Muestreador              {sampler}   (ComfyUI: {comfyui})

            Tamaño                   {size}

            Modelo base              {base} ({prediction})

            Negativo                 {negative}


            Tres prompts para empezar

            {prompts}


            Dónde se copia

            --------------

            ComfyUI       {file} en models/loras. Pulsa R. Nodo {node}, lora_name {file}, strength_model {weight}.

            A1111, Forge  {file} en models/Lora, {beside}. En el prompt: {tag}

            InvokeAI      Model Manager > Add Model > Scan Folder: esta carpeta > Install. Después, en LoRA, peso {weight}.

            Diffusers     pip install torch diffusers transformers accelerate peft. Y en esta carpeta, con Python (una
            base de archivo, con su ruta):


            {python}


            Qué hay aquí

            ------------

            {name}.recipe.json: cómo se entrenó. {previews}

            SHA256SUMS: comprueba que todo llegó entero (Linux, macOS: sha256sum -c SHA256SUMS).


            Entrenamiento   {made}

            Parecido        {likeness}

            Consentimiento  {consent}

            Licencia        {licence}

        """,
        "en": """
            {name}: a LoRA for SDXL

            ========================================


            Trigger words     {trigger}

            Weight            {weight}

            Steps, CFG        {iterations}, {cfg}

            Sampler           {sampler}   (ComfyUI: {comfyui})

            Size              {size}

            Base model        {base} ({prediction})

            Negative          {negative}


            Three prompts to begin with

            {prompts}


            Where to copy it

            ----------------

            ComfyUI       {file} into models/loras. Press R. Node {node}, lora_name {file}, strength_model {weight}.

            A1111, Forge  {file} into models/Lora, {beside}. In the prompt: {tag}

            InvokeAI      Model Manager > Add Model > Scan Folder: this folder > Install. Then, at LoRA, weight {weight}.

            Diffusers     pip install torch diffusers transformers accelerate peft. And in this folder, with Python (a
            base that is a file, with its path):


            {python}


            What is here

            ------------

            {name}.recipe.json: how it was trained. {previews}

            SHA256SUMS: check that all arrived whole (Linux, macOS: sha256sum -c SHA256SUMS).


            Training    {made}

            Likeness    {likeness}

            Consent     {consent}

            Licence     {licence}

        """,
    },
    "add.done": {
        "es": "Modelo en casa y comprobado: {path} (rango {dim}). El archivo que diste sigue como estaba.",
        "en": "Model home and checked: {path} (rank {dim}). The file you gave stays as it was.",
    },
    "add.trigger": {
        "es": "Se anotó la palabra de este cliente, «{trigger}»; si se entrenó con otra, cámbiala en {path}.",
        "en": "This client's word was noted, '{trigger}'; if it was trained with another, change it in {path}.",
    },
    "add.no_file": Error(
        what={"es": "No existe el archivo {path}.", "en": "There is no file {path}."},
        do={
            "es": "comprueba la ruta: un .safetensors, o un zip con él.",
            "en": "check the path: a .safetensors, or a zip with it.",
        },
    ),
    "add.other_kind": Error(
        what={"es": "{path} no se toma.", "en": "{path} is not taken."},
        why={
            "es": "solo .safetensors (o un zip con uno): los demás formatos pueden llevar código.",
            "en": "only .safetensors (or a zip with one): other formats can hold code.",
        },
        do={
            "es": "guárdalo como safetensors en el programa que lo entrenó.",
            "en": "save it as safetensors in the program that trained it.",
        },
    ),
    "add.too_big": Error(
        what={"es": "{path} es demasiado grande para un LoRA.", "en": "{path} is too large for a LoRA."},
        why={"es": "pasa de {gb:.0f} GB.", "en": "it exceeds {gb:.0f} GB."},
        do={"es": "¿es el modelo base? Trae el LoRA.", "en": "is it the base model? Bring the LoRA."},
    ),
    "add.none": Error(
        what={"es": "En {path} no hay ningún .safetensors.", "en": "There is no .safetensors in {path}."},
        do={
            "es": "el entrenador deja el modelo en la carpeta output/ del paquete: trae ese archivo.",
            "en": "the trainer leaves the model in the bundle's folder output/: bring that file.",
        },
    ),
    "add.several": Error(
        what={"es": "En {path} hay varios modelos: {names}", "en": "There are several models in {path}: {names}"},
        do={
            "es": "saca el que quieras del zip y trae ese archivo.",
            "en": "take the one you want out of the zip, and bring that file.",
        },
    ),
    "add.bad_zip": Error(
        what={"es": "{path} no es un zip entero.", "en": "{path} is not a whole zip."},
        do={"es": "cópialo otra vez. No se ha cambiado nada.", "en": "copy it again. Nothing was changed."},
    ),
    "add.there": Error(
        what={"es": "Ese modelo ya está aquí: {path}", "en": "That model is here already: {path}"},
        do={"es": "no hace falta nada; [[models ID]] lo muestra.", "en": "nothing is needed; [[models ID]] lists it."},
    ),
    "install.done": {
        "es": "Instalado y comprobado en {folder}: {name}",
        "en": "Installed and checked in {folder}: {name}",
    },
    "install.already": {
        "es": "Ya estaba en {folder}, con los mismos bytes: {name}",
        "en": "It was in {folder} already, with the same bytes: {name}",
    },
    "install.line.comfyui": {
        "es": """
            ComfyUI: pulsa R y, en el nodo {node}, lora_name {name}.safetensors y strength_model {weight}. En el texto:
            {trigger}
        """,
        "en": """
            ComfyUI: press R, and in the node {node} lora_name {name}.safetensors and strength_model {weight}. In the text:
            {trigger}
        """,
    },
    "install.line.a1111": {
        "es": "A1111, Forge: recarga la lista de Lora y escribe en el prompt: {trigger} <lora:{name}:{weight}>",
        "en": "A1111, Forge: refresh the list of Loras and type into the prompt: {trigger} <lora:{name}:{weight}>",
    },
    "install.line.invokeai": {
        "es": """
            InvokeAI: Model Manager > Add Model > Scan Folder > {folder} > Install. Después, en LoRA, {name} con peso {weight} y
            en el prompt: {trigger}
        """,
        "en": """
            InvokeAI: Model Manager > Add Model > Scan Folder > {folder} > Install. Then, at LoRA, {name} with weight {weight},
            and in the prompt: {trigger}
        """,
    },
    "install.choice.install": {"es": "instalar", "en": "install"},
    "install.choice.remove": {"es": "quitar lo instalado", "en": "take away what is installed"},
    "install.removed": {
        "es": "Quitado de {folder}: {names}",
        "en": "Taken away from {folder}: {names}",
    },
    "install.nothing_left": {
        "es": "En {folder} ya no quedaba nada de lo instalado.",
        "en": "Nothing of what was installed was left in {folder}.",
    },
    "install.changed": {
        "es": "Alguien los cambió desde entonces y se quedan: {names}",
        "en": "Somebody has changed them since, and they stay: {names}",
    },
    "install.left": {
        "es": "Siguen instaladas copias del modelo en {paths}: bórralas ahí si no deben quedar.",
        "en": "Copies of the model are still installed in {paths}: delete them there if they are not to stay.",
    },
    "install.no_folder": Error(
        what={
            "es": "No se encuentra la carpeta de LoRAs de {program}.",
            "en": "The folder of LoRAs of {program} was not found.",
        },
        do={
            "es": "escríbela en su lugar: [[install ID --to CARPETA]] (ComfyUI: models/loras; A1111, Forge: models/Lora).",
            "en": "type it in its place: [[install ID --to FOLDER]] (ComfyUI: models/loras; A1111, Forge: models/Lora).",
        },
    ),
    "install.several": Error(
        what={"es": "Hay más de un {program}: {folders}", "en": "There is more than one {program}: {folders}"},
        do={
            "es": "escribe la carpeta que quieras: [[install ID --to CARPETA]].",
            "en": "type the folder you want: [[install ID --to FOLDER]].",
        },
    ),
    "install.not_there": Error(
        what={"es": "No existe la carpeta {path}.", "en": "There is no folder {path}."},
        do={
            "es": "comprueba la ruta o, si es de los ajustes, cámbialos: [[settings generate]]",
            "en": "check the path or, if the settings name it, change them: [[settings generate]]",
        },
    ),
    "install.cannot_write": Error(
        what={"es": "No se puede escribir en {path}.", "en": "{path} cannot be written to."},
        why={"es": "{detail}.", "en": "{detail}."},
        do={
            "es": "elige otra carpeta o da permiso a tu usuario. No queda nada a medias.",
            "en": "choose another folder, or give your user the right to. Nothing is left half done.",
        },
    ),
    "install.disk_full": Error(
        what={"es": "El modelo no cabe en el disco de {path}.", "en": "The model does not fit on the disk of {path}."},
        do={
            "es": "libera {need_mb:.0f} MB ahí, o elige otra carpeta. No queda nada a medias.",
            "en": "free {need_mb:.0f} MB there, or choose another folder. Nothing is left half done.",
        },
    ),
    "install.broken": Error(
        what={
            "es": "La copia en {path} no era igual y se ha borrado.",
            "en": "The copy at {path} was not the same, and is deleted.",
        },
        do={"es": "prueba en otro disco.", "en": "try another disk."},
    ),
    "install.none_here": Error(
        what={
            "es": "En {path} no hay nada que haya instalado este programa para {client}.",
            "en": "In {path} is nothing that this program installed for {client}.",
        },
        do={
            "es": "comprueba la carpeta; lo que no puso este programa no lo quita.",
            "en": "check the folder; what this program did not put there it does not take away.",
        },
    ),
    "add.candidate_done": {
        "es": """
            Añadida la variante «{candidate:variant}», entrenada en otro equipo ({n:modelo|modelos}, todos comprobados). Lo
            compara [[tune {client}]].
        """,
        "en": """
            Added the variant '{candidate:variant}', trained on another computer ({n:model|models}, all checked). [[tune
            {client}]] compares it.
        """,
    },
    "add.no_passport": Error(
        what={
            "es": "{path} no es el resultado de un candidato del ajuste automático.",
            "en": "{path} is not the result of a candidate of an automatic tuning.",
        },
        why={"es": "no contiene un {file} legible, o contiene varios.", "en": "it holds no readable {file}, or several."},
        do={
            "es": "trae el .zip que escribe el script del paquete (result_….zip). Un LoRA suelto: [[models ID --add FILE]].",
            "en": "bring the zip that the bundle's script writes (result_….zip). A single LoRA: [[models ID --add FILE]].",
        },
    ),
    "add.other_candidate": Error(
        what={
            "es": "{path} no es de este ajuste automático (candidato {candidate}).",
            "en": "{path} is not of this automatic tuning (candidate {candidate}).",
        },
        why={
            "es": "su ajuste, su plan o su dataset no son los de aquí.",
            "en": "its tuning, plan or dataset are not those here.",
        },
        do={
            "es": "trae el resultado de un paquete de este ajuste; si no, añádelo como modelo: [[models ID --add FILE]].",
            "en": "bring the result of a bundle written for this tuning; else add it as a model: [[models ID --add FILE]].",
        },
    ),
    "add.candidate_there": Error(
        what={
            "es": "El candidato {candidate} ya está entrenado hasta el final ({run:dated}).",
            "en": "Candidate {candidate} is trained to its end already ({run:dated}).",
        },
        do={"es": "no hace falta añadirlo.", "en": "there is no need to add it."},
    ),
    "add.no_end": Error(
        what={"es": "En {path} falta el modelo del final.", "en": "The model of the end is missing in {path}."},
        why={"es": "no contiene {file}: el entrenamiento no terminó.", "en": "it holds no {file}: the training did not end."},
        do={
            "es": "deja que el script del paquete termine y trae el .zip que escribe.",
            "en": "let the bundle's script end, and bring the zip that it writes.",
        },
    ),
}
