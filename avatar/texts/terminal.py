"""Texts of the room terminal: question.*, ask.*, guided.*, col.*, demo.*, list.*, number.*, language.*."""

from __future__ import annotations

from collections.abc import Mapping

from avatar.texts.tables import Entry, Error

TEXTS: Mapping[str, Entry] = {
    "col.review_numbers": {"es": "N.º en Revisar", "en": "No. in Review"},
    "col.bar": {"es": "Gráfico", "en": "Chart"},
    "col.least": {"es": "Mínimo", "en": "Least"},
    "col.spread": {"es": "Reparto", "en": "Spread"},
    "col.greatest": {"es": "Máximo", "en": "Greatest"},
    "col.median": {"es": "Mediana", "en": "Median"},
    "col.bytes": {"es": "Bytes", "en": "Bytes"},
    "col.faces": {"es": "Caras", "en": "Faces"},
    "col.face": {"es": "Cara usada", "en": "Face used"},
    "col.crop": {"es": "Recorte", "en": "Crop"},
    "col.original": {"es": "Original", "en": "Original"},
    "col.measures": {"es": "Medidas", "en": "Measures"},
    "col.sharpness": {"es": "Nitidez", "en": "Sharpness"},
    "col.confidence": {"es": "Confianza (%)", "en": "Confidence (%)"},
    "col.level": {"es": "Estado", "en": "State"},
    "col.finding": {"es": "Resultado", "en": "Finding"},
    "col.minutes": {"es": "Minutos", "en": "Minutes"},
    "col.client": {"es": "Cliente", "en": "Client"},
    "col.trigger": {"es": "Activación", "en": "Trigger"},
    "col.person": {"es": "Persona", "en": "Person"},
    "col.pictures": {"es": "Imágenes", "en": "Pictures"},
    "col.approved": {"es": "Aprobadas", "en": "Approved"},
    "col.models": {"es": "Modelos", "en": "Models"},
    "col.name": {"es": "Nombre", "en": "Name"},
    "col.class_word": {"es": "Clase", "en": "Class"},
    "col.consent": {"es": "Consentimiento", "en": "Consent"},
    "col.made": {"es": "Creado", "en": "Created"},
    "col.master_prompt": {"es": "Prompt maestro", "en": "Master prompt"},
    "col.folder": {"es": "Carpeta", "en": "Folder"},
    "col.what": {"es": "Dato", "en": "What"},
    "col.value": {"es": "Valor", "en": "Value"},
    "col.files": {"es": "Archivos", "en": "Files"},
    "col.file": {"es": "Archivo", "en": "File"},
    "col.reason": {"es": "Motivo", "en": "Reason"},
    "col.when": {"es": "Cuándo", "en": "When"},
    "col.mb": {"es": "MB", "en": "MB"},
    "col.likeness": {"es": "Parecido", "en": "Likeness"},
    "col.source": {"es": "Origen", "en": "Source"},
    "col.from": {"es": "De", "en": "From"},
    "col.number": {"es": "N.º", "en": "No."},
    "col.job": {"es": "Job ID", "en": "Job ID"},
    "col.parameters": {"es": "Parámetros", "en": "Parameters"},
    "col.parameter": {"es": "Parámetro", "en": "Parameter"},
    "col.prompt": {"es": "Prompt", "en": "Prompt"},
    "col.image": {"es": "Imagen", "en": "Image"},
    "col.by_rules": {"es": "Según las reglas", "en": "By the rules"},
    "col.captioner": {"es": "Añadiría", "en": "It would add"},
    "col.caption": {"es": "Texto", "en": "Caption"},
    "col.caption_state": {"es": "Estado", "en": "State"},
    "col.left_out": {"es": "No se dice", "en": "Left out"},
    "col.said": {"es": "Se dice", "en": "Said"},
    "col.said_of": {"es": "De", "en": "Of"},
    "col.goes": {"es": "Se quita", "en": "Taken out"},
    "col.comes": {"es": "Se pone", "en": "Put in"},
    "col.verdict": {"es": "Veredicto", "en": "Verdict"},
    "col.by": {"es": "Por", "en": "By"},
    "col.repeats": {"es": "Repeticiones", "en": "Repeats"},
    "col.exposures": {"es": "Exposiciones", "en": "Exposures"},
    "col.asked": {"es": "Pedido", "en": "Requested"},
    "col.fitted": {"es": "Ajustado", "en": "Adjusted"},
    "col.run": {"es": "Entrenamiento", "en": "Run"},
    "col.state": {"es": "Estado", "en": "State"},
    "col.duration": {"es": "Tiempo", "en": "Time"},
    "col.seen_each": {"es": "Veces vista", "en": "Times seen"},
    "col.px_dim": {"es": "px / dim", "en": "px / dim"},
    "col.disk": {"es": "Disco", "en": "Disk"},
    "col.steps": {"es": "Pasos", "en": "Steps"},
    "col.step": {"es": "Paso", "en": "Step"},
    "col.of": {"es": "de", "en": "of"},
    "col.loss": {"es": "Pérdida", "en": "Loss"},
    "col.size": {"es": "Tamaño", "en": "Size"},
    "col.dim": {"es": "Dim", "en": "Dim"},
    "col.stage": {"es": "Etapa", "en": "Stage"},
    "col.count": {"es": "Cantidad", "en": "Count"},
    "ask.hold_out": {
        "es": "Fotos que reservar: números de «Revisar» (- ninguna)",
        "en": "Photos to keep aside: numbers of 'Review' (- none)",
    },
    "ask.train_photos": {
        "es": "Fotos que entrenar de todos modos: números de «Revisar» (- ninguna)",
        "en": "Photos to train nevertheless: numbers of 'Review' (- none)",
    },
    "question.bundle_file": {
        "es": "Dónde se escribe el zip. Si el nombre ya existe, no se sobrescribe.",
        "en": "Where the zip is written. A file of that name is never overwritten.",
    },
    "question.menu": {
        "es": """
            Escribe el número de una línea, o parte de sus palabras; Enter solo toma la marcada con «>», 0 o < vuelve. Si es tu
            primera vez: «Recorrido guiado» en el menú principal.
        """,
        "en": """
            Type the number of a line, or part of its words; Enter alone takes the one marked '>', 0 or < goes back. If you are
            new: 'Guided setup' in the main menu.
        """,
    },
    "question.queue_add": {
        "es": """
            Los clientes que se entrenarán uno tras otro: números o nombres, por ejemplo 1,3-5 o ana, eva; «todos»
            los toma todos.
        """,
        "en": """
            The clients to be trained one after the other: numbers or names, for example 1,3-5 or ana, eva; 'all'
            takes all.
        """,
    },
    "question.queue_remove": {
        "es": "Los que salen de la cola, por número o nombre. No se borra nada suyo.",
        "en": "The clients to remove from the queue, by number or name. None of their files are deleted.",
    },
    "question.how": {
        "es": "Enter acepta lo que está entre corchetes; < vuelve a la pregunta anterior; 0 o Ctrl+C lo deja.",
        "en": "Enter accepts what is in brackets; < goes back to the question before; 0 or Ctrl+C leaves.",
    },
    "question.how_zero": {
        "es": "Enter acepta lo que está entre corchetes; < o - vuelve a la pregunta anterior; Ctrl+C lo deja. 0 es un valor.",
        "en": "Enter accepts what is in brackets; < or - goes back to the question before; Ctrl+C leaves. 0 is a value.",
    },
    "question.walk_client": {
        "es": "Cada persona es un cliente con su propia carpeta: imágenes, dataset y modelo no se mezclan.",
        "en": "Every person is a client with a folder of their own: pictures, dataset and model never mix.",
    },
    "question.walk_step": {
        "es": """
            El número de un paso de la tabla. Volver a uno anterior no borra nada: después solo se rehace lo que dependa de lo
            que cambies.
        """,
        "en": """
            The number of a step in the table. Going back deletes nothing: afterwards only what depends on your change is
            redone.
        """,
    },
    "question.plan_value": {
        "es": """
            El plan ya sirve tal cual. Si sabes qué quieres, elige un valor; se avisa de lo que no cabrá en la memoria. «más»
            pregunta por cualquier opción del entrenador, con su nombre.
        """,
        "en": """
            The plan works as it is. If you know what you want, choose a value; you are warned if it will not fit in memory.
            'more' asks for any option of the trainer, by its name.
        """,
    },
    "question.plan_number": {
        "es": "Un número dentro de los límites que se muestran; valen 0,5 y 0.5.",
        "en": "A number within the limits shown; 0.5 and 0,5 both work.",
    },
    "question.plan_text": {
        "es": "El valor de la opción del entrenador, como lo escribirías tras --opción.",
        "en": "The value of the trainer's option, as you would type it after --option.",
    },
    "question.caption_image": {
        "es": "El número de la primera columna de la tabla, que es el de «Revisar», o el nombre del archivo.",
        "en": "The number in the first column of the table, which is that of 'Review', or the file's name.",
    },
    "question.caption_text": {
        "es": """
            Lo que el entrenador leerá junto a la imagen. Empieza por la palabra de activación y describe lo que cambia (ropa,
            fondo, luz), no la cara.
        """,
        "en": """
            What the trainer reads beside the picture. Begin with the trigger word and describe what changes (clothes,
            background, light), not the face.
        """,
    },
    "question.caption_of": {
        "es": "Se ve su prompt, qué de él dice el texto, y qué no dice y por qué. También vale el nombre del archivo.",
        "en": "Its prompt, what of it the caption says, and what it does not and why. A file's name will do too.",
    },
    "question.caption_old": {
        "es": "Las palabras que se buscan en todos los textos.",
        "en": "The words to find in all captions.",
    },
    "question.caption_new": {
        "es": "Lo que queda en su lugar; con - se quitan sin más.",
        "en": "What replaces them; - just removes them.",
    },
    "question.hold_out": {
        "es": """
            Una foto reservada no se entrena: después se mide con ella si el modelo se parece a la persona, y no si se sabe de
            memoria sus fotos. Elige fotos de otro día que las que se entrenan, de frente y giradas. Se aplica al preparar el
            dataset, y una marca tuya se queda para siempre.
        """,
        "en": """
            A photo kept aside is not trained: it later measures whether the model looks like the person, and not whether it
            knows their photos by heart. Choose photos of another day than those that are trained, from the front and turned. It
            takes effect when the dataset is prepared, and a mark of yours stays for good.
        """,
    },
    "question.train_photos": {
        "es": """
            Las reglas reservan sesiones enteras de fotos. Nombra aquí las que quieres entrenar de todos modos; en su lugar se
            reservan otras.
        """,
        "en": """
            The rules keep whole sessions of photos aside. Name those that you want to train nevertheless; others are kept aside
            instead.
        """,
    },
    "question.caption_phrase": {
        "es": "Una frase corta sin comas, por ejemplo «soft light».",
        "en": "A short phrase without commas, for example 'soft light'.",
    },
    "question.checkpoint": {
        "es": """
            El entrenamiento guarda el LoRA varias veces por el camino. Con pocas imágenes, el último puede estar sobreentrenado
            (caras rígidas, siempre la misma foto): prueba entonces uno anterior. Se comprueba igual que el último.
        """,
        "en": """
            A training saves the LoRA several times during its run. With few pictures the last one may be overtrained (stiff
            faces, always the same photo): try an earlier one then. It is checked like the last one.
        """,
    },
    "question.clear_saved": {
        "es": """
            Los estados sirven para seguir un entrenamiento y ocupan unos 2 GB cada uno. Cuando un entrenamiento ha terminado
            bien ya no hacen falta.
        """,
        "en": """
            States are used to resume a training and take about 2 GB each. Once a training has finished they are no longer
            needed.
        """,
    },
    "question.captioner": {
        "es": """
            Algo que mira las imágenes y dice qué ropa, postura y lugar se ven; sirve sobre todo para las fotos, que no tienen
            prompt. Lo que viene con el entrenador descarga su modelo la primera vez; el modelo con visión es el de un programa
            tuyo que ya está en marcha. Antes se dice qué hace falta y se pide permiso. Quién es la persona no se escribe nunca.
        """,
        "en": """
            Something that looks at the pictures and says which clothes, pose and place they show; above all for photos, which
            have no prompt. What comes with the trainer downloads its model the first time; the vision model is that of a
            program of yours that is running. What is needed is told and asked for before. Who the person is is never written.
        """,
    },
    "question.captioner_all": {
        "es": """
            Dudosas son las imágenes de las que se sabe poco: fotos sin prompt, o prompts que no dicen ni ropa ni lugar. Con «s»
            se miran todas las que no has editado tú; tarda más.
        """,
        "en": """
            Doubtful are pictures of which little is known: photos without a prompt, or prompts that name neither clothes nor
            place. 'y' looks at all that you have not edited yourself; it takes longer.
        """,
    },
    "question.captioner_agree": {
        "es": """
            Se pregunta una sola vez y se recuerda (está en Ajustes, Programas); la última línea de la pregunta anterior
            lo retira.
        """,
        "en": """
            This is asked once and kept (it is in Settings, Programs); the last line of the question before takes it back.
        """,
    },
    "question.setting_group": {
        "es": "Los ajustes por grupos; «cambiados» son los que ya no tienen el valor de fábrica o del proyecto.",
        "en": "The settings by groups; 'changed' are those that no longer have the default or the project's value.",
    },
    "question.setting_key": {
        "es": "Delante está el valor de ahora, y para quién vale si está cambiado. Vale el número o parte del nombre.",
        "en": """
            The present value stands first, with whom it holds for where it is changed. A number or a part of a name is taken.
        """,
    },
    "question.setting_value": {
        "es": "Lo que admite está encima. Se comprueba antes de guardarlo, y se puede deshacer.",
        "en": "What it takes is told above. It is checked before it is kept, and can be taken back.",
    },
    "question.setting_choice": {
        "es": "Un número o una de las palabras; la última opción quita tu cambio.",
        "en": "A number or one of the words; the last answer takes your change away.",
    },
    "question.setting_list": {
        "es": "Uno o varios, por número o nombre: 1,3. «-» quita tu cambio.",
        "en": "One or more, by number or name: 1,3. '-' takes your change away.",
    },
    "question.setting_place": {
        "es": "Arriba está lo que se ha encontrado en este equipo. También puedes escribir una ruta.",
        "en": "What was found on this computer is listed above. A path can be typed too.",
    },
    "question.setting_path": {
        "es": "Arrastra la carpeta o el archivo aquí, o escribe su ruta; Tab la completa.",
        "en": "Drag the folder or file here, or type its path; Tab completes it.",
    },
    "question.another_setting": {
        "es": "Con «s» vuelve la lista del mismo grupo.",
        "en": "With 'y' the list of the same group comes back.",
    },
    "question.more_rows": {
        "es": "Enter muestra la página siguiente; con «n» se sigue sin ver el resto.",
        "en": "Enter shows the next page; 'n' continues without the rest.",
    },
    "question.caption_apply": {
        "es": "Con «s» se escriben los cambios de la tabla; se pueden deshacer después.",
        "en": "'y' writes the changes of the table; they can be undone afterwards.",
    },
    "question.doctor": {
        "es": "El número de un remedio: se hace en cuanto lo eliges, y después se mira todo otra vez. Enter o 0: nada.",
        "en": """
            The number of a remedy: it is applied as soon as you choose it, then everything is checked again. Enter or 0:
            nothing.
        """,
    },
    "question.install_trainer": {
        "es": """
            sd-scripts es el programa que entrena. Ocupa unos 6 GB y hace falta solo para entrenar: todo lo demás funciona sin
            él y puedes instalarlo más tarde en «Setup inicial del proyecto».
        """,
        "en": """
            sd-scripts is the program that trains. It takes about 6 GB and is needed only for training: everything else works
            without it, and you can install it later in 'Initial setup of the project'.
        """,
    },
    "question.base_model": {
        "es": "El modelo SDXL sobre el que se entrena: un número o nombre de la lista, una ruta o un nombre de Hugging Face.",
        "en": "The SDXL model to train on: a number or name of the list, a path, or a name of Hugging Face.",
    },
    "question.models_folder": {
        "es": "La carpeta de A1111, Forge o ComfyUI, o cualquiera con archivos .safetensors; se guarda.",
        "en": "The folder of A1111, Forge or ComfyUI, or any with .safetensors files; it is kept.",
    },
    "question.language": {
        "es": "El idioma de los textos; se guarda.",
        "en": "The language of all texts; your choice is saved.",
    },
    "question.client_id": {
        "es": "El nombre de la persona, por ejemplo «Lucía Gómez»: su carpeta se llamará Lucia_Gomez, y el nombre se conserva.",
        "en": "The person's name, for example 'Lucía Gómez': the folder will be called Lucia_Gomez, and the name is kept.",
    },
    "question.new_id": {
        "es": "El nombre nuevo de la carpeta del cliente; la palabra de activación no cambia.",
        "en": "The new name of the client's folder; the trigger word stays.",
    },
    "question.trigger": {
        "es": "La palabra que pondrás en tus prompts para que salga esta persona. Mejor una que no exista, como ohwx.",
        "en": "The word you will put into your prompts to get this person. Preferably a word that does not exist, like ohwx.",
    },
    "question.class_word": {
        "es": """
            Qué es la persona para el modelo base, en inglés: man, woman o person. Ayuda a que aprenda solo lo propio de ella.
            «mujer», «niño»… se guardan en inglés.
        """,
        "en": """
            What the person is to the base model: man, woman or person. It helps the LoRA learn only what is particular to them.
        """,
    },
    "question.display_name": {
        "es": "El nombre que se ve en informes y páginas; la carpeta conserva el suyo.",
        "en": "The name that reports and pages show; the folder keeps its own.",
    },
    "question.consent": {
        "es": "Trabaja solo con personas que estén de acuerdo. Apunta cuándo y cómo lo dijo, por ejemplo «firmado 2025-09-01».",
        "en": "Work only with people who have agreed. Note when and how they said so, for example 'signed 2025-09-01'.",
    },
    "question.value": {"es": "Un valor que este comando necesita.", "en": "A value that this command needs."},
    "question.client": {"es": "El número o el nombre de un cliente.", "en": "The number or the name of a client."},
    "question.export_file": {
        "es": "Dónde se escribe el zip con lo del cliente; no se sobrescribe nada.",
        "en": "Where the zip with everything of the client is written; nothing is overwritten.",
    },
    "question.originals": {
        "es": "Los originales son las fotos tal como las diste: personales y grandes. Sin ellos van solo los recortes.",
        "en": "The originals are the photos as you gave them: personal and large. Without them only the crops go in.",
    },
    "question.restore_file": {
        "es": "El zip que escribió «Exportar (zip)», en este equipo o en otro. No se cambia ningún otro cliente.",
        "en": "The zip that 'Export (zip)' wrote, on this computer or another. No other client is changed.",
    },
    "question.model_file": {
        "es": "El LoRA que se entrenó en otro equipo: se lee hasta el último número y se copia; el original no se toca.",
        "en": "The LoRA that was trained on another computer: it is read to its last number and copied; the original stays.",
    },
    "question.install_what": {
        "es": "Este cliente ya tiene copias instaladas: instala otra o quita las que puso este programa.",
        "en": "This client has installed copies: install another one, or take away those that this program put there.",
    },
    "question.install_to": {
        "es": "El modelo se copia con un nombre propio; no se sobrescribe nada. Si no se encuentra la carpeta, se pregunta.",
        "en": "The model is copied under a name of its own; nothing is overwritten. A folder that is not found is asked for.",
    },
    "question.install_folder": {
        "es": "ComfyUI: models/loras. A1111 y Forge: models/Lora. Se recuerda para la próxima vez.",
        "en": "ComfyUI: models/loras. A1111 and Forge: models/Lora. It is remembered for the next time.",
    },
    "question.install_remove": {
        "es": "Solo se quita lo que puso este programa y sigue como estaba.",
        "en": "Only what this program put there and is still as it was is taken away.",
    },
    "question.restore_as": {
        "es": "Letras sin acento, números, guion y guion bajo. La palabra de activación sigue siendo la misma.",
        "en": "Letters without accents, digits, hyphen and underscore. The trigger word stays the same.",
    },
    "question.confirm_delete": {
        "es": "No se puede deshacer. Escribe el nombre del cliente para borrarlo, o 0 para dejarlo.",
        "en": "It cannot be undone. Type the client's name to delete it, or 0 to keep it.",
    },
    "question.mj_path": {
        "es": """
            La carpeta donde guardaste las descargas de MidJourney. Puedes arrastrarla a esta ventana, pegar su ruta o
            completarla con Tab. Se copian: los originales no se tocan. Con - no hay ninguna.
        """,
        "en": """
            The folder with your MidJourney downloads. You can drag it into this window, paste its path or complete it with Tab.
            They are copied: the originals stay untouched. - for none.
        """,
    },
    "question.real_path": {
        "es": """
            La carpeta con las fotos de la persona: JPEG, PNG, HEIC o RAW de cámara. Puedes arrastrarla a esta ventana. Se
            copian: los originales no se tocan. Con - no hay ninguna.
        """,
        "en": """
            The folder with the person's photos: JPEG, PNG, HEIC or a camera's RAW. You can drag it into this window. They are
            copied: the originals stay untouched. - for none.
        """,
    },
    "question.undo_import": {
        "es": "El número de la línea de una carga. Sus imágenes se apartan, con sus recortes y textos, y se pueden recuperar.",
        "en": "The number on its line. Its pictures are set aside with their crops and captions, and can be brought back.",
    },
    "question.undo_import_sure": {
        "es": "Con sí se apartan todas las imágenes de esa carga, con sus recortes y textos; después se pueden recuperar.",
        "en": "Yes sets all pictures of that import aside, with their crops and captions; they can be brought back afterwards.",
    },
    "question.remove": {
        "es": "Los números son los de la revisión y la hoja de contactos. Lo que se quita se aparta y se puede recuperar.",
        "en": "The numbers are those of the review and the contact sheet. What is removed is set aside, to be brought back.",
    },
    "question.removed": {
        "es": "Hay imágenes quitadas que siguen apartadas: se pueden recuperar, o borrar del todo para ganar espacio.",
        "en": "Removed pictures are still set aside: they can be brought back, or deleted for good to free disk space.",
    },
    "question.drop_removed": {
        "es": "Se borran del disco los originales apartados, sus recortes y sus datos.",
        "en": "The originals that were set aside, their crops and their data are deleted from the disk.",
    },
    "question.typed_prompt": {
        "es": "Lo que escribiste en MidJourney. Si las descargas ya lo llevan dentro, no hace falta.",
        "en": "What you typed in MidJourney. Not needed if the downloads contain it.",
    },
    "question.master_prompt": {
        "es": "El prompt con el que nació el avatar; se guarda con el cliente. Con - se deja como está.",
        "en": "The prompt that created the avatar; it is stored with the client. - leaves it as it is.",
    },
    "question.group": {
        "es": "Las cuatro variaciones de una petición forman un grupo. Los números son los de la hoja de grupos.",
        "en": "The four variations of one request are a group. The numbers are those of the sheet of groups.",
    },
    "question.preset": {
        "es": """
            rápido: una prueba corta. equilibrado: lo recomendado. calidad: más pasos, más horas.
        """,
        "en": "quick: a short test. balanced: recommended. quality: more steps, more hours.",
    },
    "question.keep_values": {
        "es": "Son los valores que diste a mano para el plan de antes. Con «no», el plan se hace solo con lo que elijas ahora.",
        "en": "The values that you set by hand for the previous plan. With 'no' only what you choose now counts.",
    },
    "question.gpu": {
        "es": "La tarjeta en la que se entrenará; el plan se ajusta a su memoria.",
        "en": "The card it will be trained on; the plan is fitted to its memory.",
    },
    "question.train_now": {
        "es": "Dura horas y ocupa la tarjeta. Ctrl+C pregunta cómo parar; se puede continuar más tarde.",
        "en": "It takes hours and the whole card. Ctrl+C asks how to stop; it can be resumed later.",
    },
    "question.candidate": {
        "es": "El modelo y el peso que más te gusten de la hoja; con Enter, el mejor. Vale otro peso: «modelo final 0,7».",
        "en": "The model and weight that you like best on the sheet; Enter: the best. Other weights do: 'final model 0.7'.",
    },
    "question.try_now": {
        "es": "Dibuja con cada punto de guardado a varios pesos. Ctrl+C pregunta cómo parar; lo dibujado se conserva.",
        "en": "Draws with every checkpoint at several weights. Ctrl+C asks how to stop; what is drawn is kept.",
    },
    "question.take_best": {
        "es": "Lo deja como modelo, con su peso recomendado y una imagen. Elegir otro después lo deshace.",
        "en": "Makes it the model, with its recommended weight and a picture. Choosing another later undoes it.",
    },
    "question.deliver_now": {
        "es": """
            Un archivo en la carpeta de resultados del cliente: se lo das a la persona. No lleva ninguna foto de entrenamiento.
        """,
        "en": "A file in the client's folder of results: you give it to the person. No training picture is in it.",
    },
    "question.go": {
        "es": "Con Enter se hace este paso. Puede interrumpirse: lo terminado se conserva y al volver se hace el resto.",
        "en": "Enter does this step. You can interrupt it: what is finished is kept, and the rest is done next time.",
    },
    "question.bundle_zip": {
        "es": "Dónde se escribe el paquete para entrenar en otro equipo. No se sobrescribe nada.",
        "en": "Where the bundle to train on another computer is written. Nothing is overwritten.",
    },
    "question.back_end": {
        "es": "Lo que puede dibujar ahora en este equipo o en tu red; todas las imágenes de un ajuste salen del mismo.",
        "en": "What can draw now on this computer or in your network; all pictures of a tuning come from the same.",
    },
    "question.tune_candidate": {
        "es": "El archivo de esa variante pasa a ser el modelo; con Enter, el que propone el ajuste.",
        "en": "The file of that variant becomes the model; Enter: the one that the tuning proposes.",
    },
    "question.tune_values": {
        "es": "Con «s», los próximos entrenamientos usan los valores de esa variante; con Enter, los del plan de ahora.",
        "en": "With 'y' the next trainings use that variant's values; Enter: those of the present plan.",
    },
    "question.tune_zip": {
        "es": "El zip que dejó el otro equipo al acabar una variante. El próximo ajuste la compara con las demás.",
        "en": "The zip that the other computer left at the end of a variant. The next tuning compares it with the others.",
    },
    "question.try_more": {
        "es": "Con más imágenes de cada uno se ve si uno es mejor. Con «n» se hace otra prueba, con lo que elijas.",
        "en": "More pictures of each show whether one is better. With 'n' another trial is made, with what you choose.",
    },
    "question.try_models": {
        "es": "Los que se comparan, por número o nombre; con Enter, los últimos puntos de guardado.",
        "en": "Those that are compared, by number or name; Enter: the last checkpoints.",
    },
    "question.try_prompts": {
        "es": "Un archivo de texto con un prompt en cada línea; con Enter, los de siempre.",
        "en": "A text file with one prompt a line; Enter: the usual ones.",
    },
    "question.try_program": {
        "es": "Con qué se dibuja; con Enter, lo que quepa en la tarjeta o conteste. Sin tarjeta, el entrenador tarda minutos.",
        "en": "What draws; Enter: what fits the card or answers. Without a card the trainer takes minutes for each picture.",
    },
    "question.dashboard": {
        "es": "Las páginas ya están en marcha: abrirlas otra vez, o cerrarlas. Cerrarlas no detiene nada más.",
        "en": "The pages are running already: open them again, or end them. Ending them stops nothing else.",
    },
    "question.clear_evidence": {
        "es": "Horas, memoria y parecido de lo ya entrenado, sin nombres; los planes próximos ya no podrán citarlo.",
        "en": "Hours, memory and likeness of what was trained, without names; later plans cannot cite it any more.",
    },
    "question.tune_hours": {
        "es": "Con horas entrena variantes del plan y dice qué archivo usar. Ctrl+C lo para sin perder nada.",
        "en": "With hours it trains variants of the plan, and says which file to use. Ctrl+C stops it, losing nothing.",
    },
    "question.bundle_gpu": {
        "es": "El plan se ajusta a la memoria de esa tarjeta, no a la de este equipo.",
        "en": "The plan is fitted to that card's memory, not to this computer's.",
    },
    "ask.bundle_file": {"es": "Archivo zip para el informe", "en": "Zip file for the report"},
    "ask.setting_group": {"es": "¿Qué ajustes?", "en": "Which settings?"},
    "ask.setting_key": {"es": "¿Cuál?", "en": "Which one?"},
    "ask.setting_value": {"es": "Valor (- quita tu cambio)", "en": "Value (- takes your change away)"},
    "ask.setting_choice": {"es": "¿Cuál?", "en": "Which one?"},
    "ask.setting_list": {"es": "¿Cuáles? (- quita tu cambio)", "en": "Which ones? (- takes your change away)"},
    "ask.setting_place": {"es": "¿Cuál?", "en": "Which one?"},
    "ask.setting_path": {"es": "Ruta", "en": "Path"},
    "ask.another_setting": {"es": "¿Otro ajuste?", "en": "Another setting?"},
    "ask.range": {"es": "de {low} a {high}{unit}", "en": "{low} to {high}{unit}"},
    "ask.limits": {"es": "{asked} ({limits})", "en": "{asked} ({limits})"},
    "ask.limits_zero": {"es": "{asked} ({limits}; - lo deja)", "en": "{asked} ({limits}; - leaves it)"},
    "ask.number": {"es": "Escribe un número de {low} a {high}.", "en": "Type a number from {low} to {high}."},
    "ask.whole_number": {
        "es": "Escribe un número de {low} a {high} sin decimales.",
        "en": "Type a number from {low} to {high} without decimals.",
    },
    "ask.not_in_list": {
        "es": "Escribe un número de 1 a {last} o parte de un nombre (0 vuelve, ? explica).",
        "en": "Type a number from 1 to {last} or part of a name (0 goes back, ? explains).",
    },
    "ask.not_shown_yet": {
        "es": "Ese número aún no está a la vista: de 1 a {last}, n para ver más, o parte del nombre.",
        "en": "That number is not in sight yet: 1 to {last}, n for more, or part of the name.",
    },
    "ask.several": {
        "es": "«{answer}» es parte de {n:nombre|nombres}: elige uno de estos.",
        "en": "'{answer}' is part of {n:name|names}: choose one of these.",
    },
    "ask.more_rows": {"es": "¿Ver más? ({shown} de {total})", "en": "Show more? ({shown} of {total})"},
    "ask.page": {
        "es": "  {first}-{last} de {total}: n siguiente, p anterior; o parte del nombre",
        "en": "  {first}-{last} of {total}: n next, p previous; or part of the name",
    },
    "ask.walk_client": {"es": "¿Con qué cliente? (o «nuevo»)", "en": "Which client? (or 'new')"},
    "ask.walk_step": {
        "es": "¿Desde qué paso quieres seguir?",
        "en": "Which step do you want to continue from?",
    },
    "ask.plan_value": {"es": "¿Cambiar algún valor?", "en": "Change a value?"},
    "ask.plan_number": {"es": "Valor de {name}", "en": "Value of {name}"},
    "ask.plan_text": {"es": "Valor de {name}", "en": "Value of {name}"},
    "ask.bundle_zip": {"es": "Archivo zip", "en": "Zip file"},
    "ask.back_end": {"es": "¿Con qué dibujar las imágenes?", "en": "What is to draw the pictures?"},
    "ask.tune_hours": {
        "es": "Horas que puede durar (0: solo comparar)",
        "en": "Hours that it may take (0: only compare)",
    },
    "ask.tune_candidate": {"es": "¿Qué variante se usa?", "en": "Which variant is to be used?"},
    "ask.tune_values": {
        "es": "¿Poner también sus valores en el plan?",
        "en": "Put its values into the plan too?",
    },
    "ask.tune_zip": {"es": "Zip que vuelve del otro equipo", "en": "Zip that comes back from the other computer"},
    "ask.try_more": {"es": "Hay empate. ¿Dibujar más de los empatados?", "en": "There is a tie. Draw more of those tied?"},
    "ask.try_models": {
        "es": "Modelos, por número o nombre (Enter: los últimos)",
        "en": "Models, by number or name (Enter: the last ones)",
    },
    "ask.try_prompts": {
        "es": "Archivo con tus prompts (Enter: los de siempre)",
        "en": "File of your prompts (Enter: the usual ones)",
    },
    "ask.try_program": {"es": "¿Con qué se dibuja?", "en": "What is to draw?"},
    "ask.dashboard": {"es": "El tablero está en marcha. ¿Qué hago?", "en": "The dashboard is running. What is to be done?"},
    "ask.clear_evidence": {
        "es": "¿Borrar las cifras de todos los entrenamientos? No se puede deshacer",
        "en": "Delete the figures of all trainings? It cannot be undone",
    },
    "ask.bundle_gpu": {"es": "Tarjeta del otro equipo", "en": "The other computer's card"},
    "ask.queue_add": {
        "es": "Clientes que añadir, por número o nombre (Enter: ninguno)",
        "en": "Clients to add, by number or name (Enter: none)",
    },
    "ask.queue_remove": {
        "es": "Clientes que quitar, por número o nombre (Enter: ninguno)",
        "en": "Clients to remove, by number or name (Enter: none)",
    },
    "ask.plain": {"es": "{asked}:", "en": "{asked}:"},
    "ask.with_default": {"es": "{asked} [{default}]:", "en": "{asked} [{default}]:"},
    "ask.needed": {"es": "Hace falta una respuesta.", "en": "An answer is needed."},
    "ask.yes_or_no": {"es": "Responde s o n.", "en": "Answer y or n."},
    "ask.numbers": {
        "es": "Escribe números de 1 a {last} o nombres, con comas; «todos» los toma todos.",
        "en": "Type numbers from 1 to {last} or names, with commas; 'all' takes all.",
    },
    "ask.caption_image": {"es": "Número o nombre de la imagen", "en": "Number or name of the picture"},
    "ask.caption_text": {"es": "Texto nuevo", "en": "New caption"},
    "ask.caption_of": {
        "es": "N.º de la imagen que quieres ver entera (- para ninguna)",
        "en": "Number of the picture to see in full (- for none)",
    },
    "ask.caption_old": {"es": "Texto que se busca", "en": "Text to find"},
    "ask.caption_new": {"es": "Texto que lo sustituye (- para quitarlo)", "en": "Replace it with (- to remove it)"},
    "ask.caption_phrase": {"es": "Frase", "en": "Phrase"},
    "ask.captioner": {"es": "¿Con qué se describen?", "en": "What describes them?"},
    "ask.captioner_all": {
        "es": "Dudosas: {n} de {total}. ¿Describir todas?",
        "en": "Doubtful: {n} of {total}. Describe them all?",
    },
    "ask.captioner_agree": {"es": "¿Lo permites?", "en": "Do you allow that?"},
    "ask.checkpoint": {"es": "¿De qué paso?", "en": "Which step?"},
    "ask.clear_saved": {
        "es": "¿Borrar {n:archivo o carpeta|archivos y carpetas} ({gb:.2f} GB)? Los modelos se quedan",
        "en": "Delete {n:file or folder|files and folders} ({gb:.2f} GB)? The models stay",
    },
    "ask.caption_apply": {"es": "¿Escribir estos cambios?", "en": "Write these changes?"},
    "ask.install_trainer": {
        "es": "¿Instalar ahora el entrenador (sd-scripts, unos 6 GB de descarga)?",
        "en": "Install the trainer now (sd-scripts, a download of about 6 GB)?",
    },
    "ask.base_model": {"es": "Modelo base", "en": "Base model"},
    "ask.models_folder": {
        "es": "Carpeta con tus modelos (A1111, Forge, ComfyUI)",
        "en": "Folder with your models (A1111, Forge, ComfyUI)",
    },
    "ask.language": {"es": "Idioma", "en": "Language"},
    "ask.client_id": {
        "es": "Nombre del cliente",
        "en": "Client's name",
    },
    "ask.new_id": {"es": "Nombre nuevo", "en": "New name"},
    "ask.trigger": {"es": "Palabra de activación", "en": "Trigger word"},
    "ask.class_word": {"es": "Clase (o escribe otra)", "en": "Class (or type another)"},
    "list.every_group": {"es": "todos los grupos", "en": "all groups"},
    "list.card_auto": {"es": "la de este equipo", "en": "the one of this computer"},
    "list.preset_quick": {"es": "rápido", "en": "quick"},
    "list.preset_balanced": {"es": "equilibrado", "en": "balanced"},
    "list.preset_quality": {"es": "calidad", "en": "quality"},
    "list.value_none": {"es": "ninguno: el plan está bien así", "en": "none: the plan is fine as it is"},
    "list.value_more": {"es": "más: otra opción del entrenador", "en": "more: another option of the trainer"},
    "list.limit": {"es": "{name}: {value}", "en": "{name}: {value}"},
    "list.no_limit": {"es": "ninguno", "en": "none"},
    "list.undo_limits": {"es": "deshacer el último cambio", "en": "undo the last change"},
    "list.computer": {"es": "el programa y este equipo", "en": "the program and this computer"},
    "language.name.es": {"es": "español", "en": "español (Spanish)"},
    "language.name.en": {"es": "English (inglés)", "en": "English"},
    "ask.limit": {"es": "¿Qué límite cambias?", "en": "Which limit do you change?"},
    "ask.limit_value": {"es": "{name}", "en": "{name}"},
    "ask.limit_keep": {"es": "¿Dejarlo así?", "en": "Keep it?"},
    "question.limit": {
        "es": "Un límite decide qué imágenes se rechazan. Antes de guardar nada se dice cuántas cambiarían.",
        "en": "A limit decides which pictures are refused. How many would change is told before anything is kept.",
    },
    "question.limit_value": {
        "es": "El valor que una imagen debe alcanzar, o no pasar. Lo que decidiste tú se queda como está.",
        "en": "What a picture must reach, or must not pass. What you decided yourself stays.",
    },
    "question.limit_keep": {
        "es": "Con «s» se guarda para este cliente y se juzgan otra vez sus imágenes; se puede deshacer.",
        "en": "'y' keeps it for this client and judges its pictures anew; it can be undone.",
    },
    "ask.doctor_of": {"es": "¿Qué quieres mirar?", "en": "What do you want to look at?"},
    "question.doctor_of": {
        "es": "Un cliente, con sus imágenes y su último entrenamiento, o solo el programa y este equipo.",
        "en": "A client, with its pictures and its last training, or only the program and this computer.",
    },
    "ask.plan_option": {"es": "Nombre de la opción (como network_dropout)", "en": "Name of the option (like network_dropout)"},
    "question.plan_option": {
        "es": "El nombre de una opción de sd-scripts, sin los guiones de delante; se comprueba que exista.",
        "en": "The name of an option of sd-scripts, without the hyphens before it; it is checked that it exists.",
    },
    "list.class_man": {"es": "hombre (man)", "en": "man"},
    "list.class_woman": {"es": "mujer (woman)", "en": "woman"},
    "list.class_person": {"es": "persona (person)", "en": "person"},
    "ask.display_name": {"es": "Nombre para mostrar", "en": "Display name"},
    "ask.consent": {
        "es": "Nota de consentimiento de la persona (- para ninguna)",
        "en": "Note about the person's consent (- for none)",
    },
    "ask.value": {"es": "{name}:", "en": "{name}:"},
    "ask.client": {"es": "Cliente", "en": "Client"},
    "ask.export_file": {"es": "Archivo zip", "en": "Zip file"},
    "ask.originals": {"es": "¿Incluir los originales?", "en": "Include the originals?"},
    "ask.restore_file": {"es": "Zip del cliente exportado", "en": "Zip of the exported client"},
    "ask.model_file": {"es": "Archivo .safetensors, o zip con él", "en": ".safetensors file, or a zip with it"},
    "ask.install_what": {"es": "Qué se hace", "en": "What to do"},
    "ask.install_to": {"es": "En qué programa", "en": "In which program"},
    "list.program_comfyui": {"es": "ComfyUI", "en": "ComfyUI"},
    "list.program_a1111": {"es": "A1111 o Forge", "en": "A1111 or Forge"},
    "list.program_invokeai": {"es": "InvokeAI", "en": "InvokeAI"},
    "list.program_folder": {"es": "otra carpeta", "en": "another folder"},
    "ask.install_folder": {
        "es": "Carpeta donde ese programa busca los LoRAs",
        "en": "Folder in which that program looks for LoRAs",
    },
    "ask.install_remove": {"es": "De qué carpeta se quita", "en": "From which folder to take it away"},
    "ask.restore_as": {
        "es": "Ya existe ese cliente. Otro nombre para el restaurado",
        "en": "That client exists already. Another name for the restored one",
    },
    "ask.confirm_delete": {
        "es": "Se borrará TODO lo de {client}. Escribe su nombre para confirmarlo",
        "en": "EVERYTHING of '{client}' will be deleted. Type its name to confirm",
    },
    "ask.mj_path": {
        "es": "Carpeta, imagen o zip de MidJourney (-: no hay)",
        "en": "Folder, picture or zip of MidJourney (-: none)",
    },
    "ask.real_path": {
        "es": "Carpeta, foto o zip de fotos reales (-: no hay)",
        "en": "Folder, photo or zip of real photos (-: none)",
    },
    "ask.undo_import": {"es": "Número de la carga que se deshace", "en": "Number of the import to undo"},
    "ask.undo_import_sure": {"es": "¿Deshacer {choice}?", "en": "Undo {choice}?"},
    "ask.remove": {
        "es": "Qué imágenes se quitan: 3,7-12 o nombres (- ninguna)",
        "en": "Which pictures to remove: 3,7-12 or names (- for none)",
    },
    "ask.removed": {"es": "Qué hacer", "en": "What to do"},
    "ask.drop_removed": {
        "es": "¿Borrar del todo lo apartado, {n:imagen|imágenes}? No se podrá deshacer.",
        "en": "Delete for good the {n:picture|pictures} set aside? It cannot be undone.",
    },
    "ask.typed_prompt": {
        "es": "Prompt de estas imágenes, si lo recuerdas (- para ninguno)",
        "en": "Prompt of these pictures, if you remember it (- for none)",
    },
    "ask.master_prompt": {
        "es": "Prompt maestro del cliente (- para dejarlo)",
        "en": "Master prompt of the client (- to leave it unchanged)",
    },
    "ask.group": {"es": "¿De qué grupo es el prompt?", "en": "Which group is the prompt of?"},
    "ask.preset": {"es": "Preajuste", "en": "Preset"},
    "ask.keep_values": {"es": "¿Mantener los valores que diste? {values}", "en": "Keep the values you set? {values}"},
    "ask.gpu": {"es": "Tarjeta gráfica", "en": "Graphics card"},
    "ask.candidate": {"es": "¿Cuál se usa?", "en": "Which one is to be used?"},
    "ask.try_now": {"es": "¿Probar el modelo ahora?", "en": "Try the model now?"},
    "ask.take_best": {"es": "El mejor: {candidate:weighted}. ¿Usarlo?", "en": "The best: {candidate:weighted}. Use it?"},
    "ask.deliver_now": {
        "es": "¿Hacer el zip para entregarlo (modelo, muestras, instrucciones)?",
        "en": "Make the zip to hand it over (model, samples, instructions)?",
    },
    "ask.train_now": {"es": "¿Entrenar ahora?", "en": "Train now?"},
    "number.pair": {"es": "{first} / {second}", "en": "{first} / {second}"},
    "number.plain": {"es": "{value}", "en": "{value}"},
    "number.tenths": {"es": "{value:.1f}", "en": "{value:.1f}"},
    "guided.why.setup": {
        "es": "Cada persona tiene su carpeta; antes se comprueba este equipo.",
        "en": "Every person has their own folder; first, this computer is checked.",
    },
    "guided.why.model": {
        "es": "El archivo .safetensors se abre y se comprueba; así se usa en ComfyUI, A1111/Forge, Diffusers o InvokeAI.",
        "en": "The .safetensors is opened and checked; it then works in ComfyUI, A1111/Forge, Diffusers or InvokeAI.",
    },
    "guided.there": {"es": "Ya hay: {n}. Estado: {state}.", "en": "Already there: {n}. State: {state}."},
    "guided.keys": {
        "es": "Enter acepta lo propuesto, ? explica, < vuelve a la pregunta anterior, 0 sale.",
        "en": "Enter accepts the proposal, ? explains, < goes back a question, 0 leaves.",
    },
    "guided.machine.ready": {"es": "Este equipo está listo.", "en": "This computer is ready."},
    "guided.machine.attention": {
        "es": "Este equipo sirve, con advertencias: las dice «Setup inicial del proyecto» en el menú principal.",
        "en": "This computer will do, with warnings: they are told by 'Initial setup of the project' in the main menu.",
    },
    "guided.machine.blocked": {
        "es": "A este equipo le falta algo imprescindible: lo dice «Setup inicial del proyecto» en el menú principal.",
        "en": "This computer lacks something required: it is told by 'Initial setup of the project' in the main menu.",
    },
    "guided.worst": {"es": "Las peores (con su número en las hojas)", "en": "The worst (numbered as on the sheets)"},
    "guided.best": {"es": "Las mejores (con su número en las hojas)", "en": "The best (numbered as on the sheets)"},
    "guided.no_trainer": {
        "es": "Hasta aquí todo está comprobado. Para entrenar falta sd-scripts (unos 6 GB).",
        "en": "Up to here everything is checked. Training needs sd-scripts, which is not installed (about 6 GB).",
    },
    "guided.no_model": {
        "es": "Todavía no hay modelo: aparecerá aquí cuando termine el entrenamiento.",
        "en": "There is no model yet: it will appear here when the training has finished.",
    },
    "guided.new_client": {"es": "nuevo", "en": "new"},
    "guided.welcome": {
        "es": "Recorrido guiado: {n} pasos, de las imágenes al modelo. Si lo dejas, continúa donde quedó.",
        "en": "Guided setup: {n} steps, from the pictures to the model. If you leave it, it continues where it stopped.",
    },
    "guided.step": {"es": "Paso {n} de {total}: {stage}", "en": "Step {n} of {total}: {stage}"},
    "guided.done": {"es": "Ya está hecho ({n}).", "en": "Done already ({n})."},
    "guided.why.import-mj": {
        "es": "Las imágenes de MidJourney dan la variedad; su prompt y su Job ID se guardan.",
        "en": "MidJourney pictures bring variety; their prompt and Job ID are kept.",
    },
    "guided.why.import-real": {
        "es": "Las fotos reales anclan el parecido; también RAW y HEIC.",
        "en": "Real photos anchor the likeness; RAW and HEIC too.",
    },
    "guided.why.process": {
        "es": "Se busca la cara y se recorta a {side} × {side} px; lo que no sirve se rechaza, con el motivo.",
        "en": "The face is found and cropped to {side} × {side} px; bad pictures are refused, with the reason.",
    },
    "guided.why.prepare": {
        "es": """
            Las imágenes y sus textos se ordenan como los lee el entrenador: {mj:.0f} % MidJourney y {real:.0f} % fotos reales,
            salvo que lo cambies.
        """,
        "en": """
            Pictures and captions are laid out as the trainer reads them: {mj:.0f} % MidJourney and {real:.0f} % real photos,
            unless you change it.
        """,
    },
    "guided.why.configure": {
        "es": "Se eligen los ajustes que caben en la memoria libre de tu tarjeta.",
        "en": "Settings are chosen that fit the free memory of your card.",
    },
    "guided.why.train": {
        "es": "Se comprueba todo y se entrena; solo un modelo verificado cuenta como éxito.",
        "en": "Everything is checked, then trained; only a verified model counts as success.",
    },
    "guided.who": {
        "es": "Estas son las caras recortadas y aprobadas: {n} sin confirmar. Míralas: {path} (hojas: {sheets})",
        "en": "These are the approved crops: {n} not yet confirmed. Look at them: {path} (sheets: {sheets})",
    },
    "guided.who_settled": {
        "es": "No queda nada que preguntar: de cada imagen aprobada ya se sabe si es el cliente.",
        "en": "There is nothing left to ask: of every approved picture it is known whether it is the client.",
    },
    "guided.who_sheet": {"es": "Una fila de cada persona: {path}", "en": "A row of each person: {path}"},
    "guided.who_person": {"es": "la persona {n}", "en": "person {n}"},
    "guided.who_all": {"es": "todas son la misma persona", "en": "they are all the same person"},
    "guided.who_later": {"es": "no lo sé ahora", "en": "I do not know now"},
    "guided.who_open": {
        "es": "Sin saber quién es {client} no se sigue: aprendería a varias personas. Aquí se preguntará otra vez.",
        "en": "Not knowing who {client} is, it goes no further: it would learn several persons. It will be asked here again.",
    },
    "guided.odd_title": {"es": "Se parecen poco a {client}", "en": "These look little like {client}"},
    "guided.odd_out": {"es": "quitarlas", "en": "leave them out"},
    "guided.odd_all": {"es": "son la misma persona", "en": "they show the same person"},
    "guided.odd_look": {"es": "mirar una por una", "en": "look at each of them"},
    "ask.all_client": {
        "es": "¿Son todas {person}? Con «sí» se prepara el dataset",
        "en": "Are all of them {person}? 'yes' prepares the dataset",
    },
    "ask.review_refused": {
        "es": "Todas están rechazadas. ¿Revisarlas y aprobar las que sirvan?",
        "en": "All are refused. Review them and approve those that will do?",
    },
    "ask.who": {"es": "¿Quién es el cliente?", "en": "Who is the client?"},
    "ask.odd_pictures": {"es": "¿Qué hacer con ellas?", "en": "What to do with them?"},
    "question.all_client": {
        "es": """
            El modelo aprende a quien salga en las imágenes. Di «no» si ves a otra persona: podrás rechazarla por su número. El
            parecido se mide, pero con niños, hermanos o fotos separadas por décadas no se sabe cuánto acierta.
        """,
        "en": """
            The model learns whoever the pictures show. Say 'no' if you see somebody else: you can then reject them by number.
            Likeness is measured, but how good it is with children, siblings or photos decades apart is not known.
        """,
    },
    "question.review_refused": {
        "es": "Verás cada imagen con el motivo de su rechazo y podrás aprobar por su número las que valgan.",
        "en": "You see each picture with the reason why it was refused, and can approve by number those that will do.",
    },
    "question.who": {
        "es": "Las imágenes de las demás personas se rechazan; en Revisar se deshace.",
        "en": "The pictures of the other persons are rejected; Review undoes it.",
    },
    "question.odd_pictures": {
        "es": """
            Las fotos que no se parecen en nada ya están rechazadas; estas se parecen poco o son de MidJourney, donde el
            parecido con las fotos no es seguro. Se pregunta una sola vez.
        """,
        "en": """
            Photos that do not look alike at all are refused already; these look little alike, or are MidJourney's, whose
            likeness to photos is not sure. This is asked once.
        """,
    },
    "guided.go": {"es": "¿Hacerlo ahora? (0 sale)", "en": "Do it now? (0 leaves)"},
    "guided.finished": {"es": "Recorrido terminado.", "en": "Guided setup finished."},
    "guided.back": {"es": "Vuelves al paso anterior: {stage}.", "en": "Back to the step before: {stage}."},
    "guided.first": {"es": "No hay paso anterior: este es el primero.", "en": "There is no step before: this is the first."},
    "guided.open": {"es": "falta: {stage}", "en": "open: {stage}"},
    "guided.left": {
        "es": "Recorrido interrumpido; continúa aquí cuando quieras.",
        "en": "Guided setup interrupted; it continues here whenever you like.",
    },
    "guided.no_card": {
        "es": "Aquí no hay tarjeta NVIDIA: elige aquella en la que se entrenará.",
        "en": "There is no NVIDIA card here: choose the one to train on.",
    },
    "guided.blocked": {
        "es": "Corrige lo bloqueado y vuelve al recorrido.",
        "en": "Fix what is blocked and come back to the guided setup.",
    },
    "guided.no_pictures": Error(
        what={"es": "No hay imágenes.", "en": "There are no pictures."},
        why={"es": "no se ha importado nada.", "en": "nothing was imported."},
        do={
            "es": "indica al menos una carpeta con imágenes de MidJourney o fotos reales.",
            "en": "name at least one folder of MidJourney pictures or real photos.",
        },
    ),
    "guided.none_approved": Error(
        what={"es": "Ninguna imagen aprobada.", "en": "No pictures are approved."},
        why={
            "es": "rechazadas: {refused}; los motivos están en la hoja de contactos.",
            "en": "{refused} refused; the reasons are on the contact sheet.",
        },
        do={
            "es": "añade mejores imágenes o aprueba alguna en «Revisar».",
            "en": "add better pictures, or approve some in 'Review'.",
        },
    ),
    "language.saved": {"es": "Idioma: español.", "en": "Language: English."},
    "list.join": {"es": "{first}, {rest}", "en": "{first}, {rest}"},
    "list.semicolon": {"es": "{first}; {rest}", "en": "{first}; {rest}"},
    "list.more": {"es": "…", "en": "…"},
    "list.item": {"es": "{item}", "en": "{item}"},
    "demo.none": {"es": "No hay ninguna demostración que borrar.", "en": "There is no demo to delete."},
    "demo.deleted": {"es": "Demostración borrada.", "en": "The demo is deleted."},
    "demo.start": {
        "es": "Demostración en {folder}: un cliente temporal, sin red y sin tarjeta gráfica",
        "en": "Demo in {folder}: a temporary client, no network and no graphics card",
    },
    "demo.pictures": {
        "es": """
            Retrato de dominio público de matplotlib (512 px), ampliado {n} veces; sus variantes hacen de imágenes MidJourney y
            de fotos, una de ellas RAW (DNG).
        """,
        "en": """
            Public-domain portrait from matplotlib (512 px), enlarged {n} times; its variants stand for MidJourney pictures and
            photos, one of them RAW (DNG).
        """,
    },
    "demo.assumed_card": {
        "es": "No hay tarjeta NVIDIA: el plan se hace para {card}.",
        "en": "No NVIDIA card: the plan is made for {card}.",
    },
    "demo.done": {
        "es": """
            Demostración terminada. Cliente: {client}. Aprobadas: {approved}. Rechazadas: {refused}. Para borrarla:
            [[demo --delete]].

            Mira: hojas de contactos en {output}
                  dataset en {data}
                  todo en {folder}
        """,
        "en": """
            Demo done. Client: {client}. Approved: {approved}. Refused: {refused}. To delete it: [[demo --delete]].

            Look at: contact sheets in {output}
                     dataset in {data}
                     everything in {folder}
        """,
    },
    "demo.no_trainer": {
        "es": """
            El comando está hecho y comprobado. Para entrenar aquí falta solo el entrenador, que la demostración no necesita:
            [[setup --trainer]].
        """,
        "en": """
            The command is made and checked. To train here only the trainer is missing, which the demo does not need:
            [[setup --trainer]].
        """,
    },
}
