"""Texts of the room training: train.*, queue.*, bundle.*, board.*, checkpoint.*, run.*, monitor.*, model.*, plot.*."""

from __future__ import annotations

from collections.abc import Mapping

from avatar.texts.tables import Entry, Error

TEXTS: Mapping[str, Entry] = {
    "queue.turn": {"es": "Turno de «{client}»", "en": "Now '{client}'"},
    "queue.through": {
        "es": "Quedan {left} en total: hasta el {clock}.",
        "en": "To go in all: {left}, until {clock}.",
    },
    "queue.through_known": {
        "es": "Quedan {left} sin contar {clients}, cuyo tiempo no se sabe: hasta el {clock} o después.",
        "en": "{left} to go, not counting {clients}, whose time is not known: until {clock} or later.",
    },
    "queue.title": {"es": "Cola de entrenamientos", "en": "Training queue"},
    "queue.none": {
        "es": "La cola está vacía. Para llenarla: [[queue add ID ID]]",
        "en": "The queue is empty. To fill it: [[queue add ID ID]]",
    },
    "queue.no_dataset": {
        "es": "«{client}» no tiene dataset todavía, y sin él su turno fallará. Lo siguiente: {next}. Mira [[status {client}]].",
        "en": "'{client}' has no dataset yet, and its turn will fail without one. Next: {next}. See [[status {client}]].",
    },
    "queue.no_plan": {
        "es": """
            «{client}» no tiene plan todavía: en su turno se hará uno con los valores por defecto. Para elegirlos:
            [[configure {client}]].
        """,
        "en": """
            '{client}' has no plan yet: one with the default values will be made when its turn comes. To choose them:
            [[configure {client}]].
        """,
    },
    "queue.outdated": {
        "es": "«{client}»: anticuado: {stage}. {reason} Mira [[status {client}]].",
        "en": "'{client}': out of date: {stage}. {reason} See [[status {client}]].",
    },
    "queue.changed": {"es": "Cola: {client}: {state}. {reason}", "en": "Queue: {client}: {state}. {reason}"},
    "queue.state.waiting": {"es": "en espera", "en": "waiting"},
    "queue.state.running": {"es": "entrenando", "en": "training"},
    "queue.state.stopped": {"es": "detenido por ti", "en": "stopped by you"},
    "queue.state.done": {"es": "terminado", "en": "finished"},
    "queue.state.failed": {"es": "fallido", "en": "failed"},
    "queue.stopped": {
        "es": "Has detenido la cola. Para seguir donde quedó: «Entrenar la cola» en el menú, o [[queue run]].",
        "en": "You stopped the queue. To go on where it was: 'Train the queue' in the menu, or [[queue run]].",
    },
    "queue.failed": Error(
        what={
            "es": "La cola ha terminado, pero no todos los entrenamientos salieron bien: {clients}.",
            "en": "The queue has finished, but some trainings failed: {clients}.",
        },
        why={"es": "mira la tabla.", "en": "see the table."},
        do={
            "es": "corrige lo que indica y vuelve a añadirlos con [[queue add {ids}]].",
            "en": "fix what it says and add them again with [[queue add {ids}]].",
        },
    ),
    "queue.empty": Error(
        what={"es": "La cola está vacía.", "en": "The queue is empty."},
        why={"es": "no se ha añadido nada, o todo ha terminado.", "en": "nothing was added, or everything in it has finished."},
        do={
            "es": "añade clientes: [[queue add ID ID]]",
            "en": "add clients: [[queue add ID ID]]",
        },
    ),
    "queue.busy": Error(
        what={"es": "Otro programa está usando la cola.", "en": "Another program is using the queue."},
        why={"es": "{path} está ocupado.", "en": "{path} is in use."},
        do={"es": "espera a que termine, o ciérralo.", "en": "wait until it ends, or close it."},
    ),
    "queue.not_in": Error(
        what={"es": "«{client}» no está en la cola.", "en": "'{client}' is not in the queue."},
        why={"es": "nunca se añadió, o ya se quitó.", "en": "it was never added, or was removed."},
        do={"es": "mira [[queue list]].", "en": "look at [[queue list]]."},
    ),
    "queue.bad_file": Error(
        what={"es": "No se puede leer el archivo de la cola: {path}", "en": "The queue's file cannot be read: {path}"},
        why={"es": "{detail}", "en": "{detail}"},
        do={"es": "borra ese archivo y vuelve a llenarla.", "en": "delete that file and fill the queue again."},
    ),
    "queue.bug": {
        "es": "Este entrenamiento dio con un error del programa; los demás siguieron. Detalle técnico: {detail:raw}",
        "en": "This training hit a bug in the program; the others continued. Technical detail: {detail:raw}",
    },
    "train.phase.accelerator": {"es": "Arrancando el entrenador…", "en": "Starting the trainer…"},
    "train.phase.model": {"es": "Cargando el modelo base (unos 7 GB)…", "en": "Loading the base model (about 7 GB)…"},
    "train.phase.latents": {"es": "Preparando las imágenes…", "en": "Preparing the pictures…"},
    "train.phase.text_encoders": {"es": "Preparando los textos…", "en": "Preparing the captions…"},
    "train.phase.network": {"es": "Preparando el LoRA…", "en": "Preparing the LoRA…"},
    "train.phase.starting": {"es": "Empezando…", "en": "Starting…"},
    "train.phase.training": {"es": "Entrenando…", "en": "Training…"},
    "train.phase.samples": {"es": "Dibujando las muestras…", "en": "Drawing the samples…"},
    "train.phase.checkpoint": {"es": "Guardando…", "en": "Saving…"},
    "train.phase.verifying": {"es": "Comprobando el modelo…", "en": "Verifying the model…"},
    "train.stop.title": {
        "es": "Ctrl+C en el paso {step} de {total}. El entrenamiento sigue mientras contestas; otro Ctrl+C lo detiene ya.",
        "en": "Ctrl+C at step {step} of {total}. The training continues while you answer; press Ctrl+C again to stop it now.",
    },
    "train.stop.now": {
        "es": "Detenerlo ya (se pierde lo hecho desde el último punto de guardado)",
        "en": "Stop it now (progress since the last checkpoint is lost)",
    },
    "train.stop.checkpoint": {
        "es": "Detenerlo tras el próximo punto de guardado (paso {step}, en {left:minuto|minutos})",
        "en": "Stop it after the next checkpoint (step {step}, in {left:minute|minutes})",
    },
    "train.stop.continue": {"es": "Seguir entrenando", "en": "Continue training"},
    "train.stop.ask": {"es": "Elige un número (1-{last}) [{last}]:", "en": "Choose a number (1-{last}) [{last}]:"},
    "train.stop.how": {
        "es": "Escribe un número de 1 a {last}. Enter: {usual}.",
        "en": "Type a number from 1 to {last}. Enter: {usual}.",
    },
    "train.stopped": {
        "es": "Entrenamiento detenido en el paso {step} de {total}. Lo que había guardado sigue en su carpeta.",
        "en": "Training stopped at step {step} of {total}. What it had saved stays in its folder.",
    },
    "train.stop_asked": {
        "es": "El entrenamiento de «{client}» se detendrá en cuanto guarde el paso {step} de {total}. Sigue hasta entonces.",
        "en": "The training of '{client}' will stop as soon as step {step} of {total} is saved. It goes on until then.",
    },
    "train.goes_on": {
        "es": "El entrenamiento de «{client}» sigue (paso {step} de {total}).",
        "en": "The training of '{client}' goes on (step {step} of {total}).",
    },
    "train.stopping": {
        "es": "Se ha pedido detener el entrenamiento de «{client}» (paso {step} de {total}); el entrenador aún está cerrando.",
        "en": "The training of '{client}' was asked to stop (step {step} of {total}); the trainer is still closing.",
    },
    "train.settled": {
        "es": "Un entrenamiento de «{client}» ({run:dated}) terminó mientras el programa estaba cerrado. {cause}",
        "en": "A training of '{client}' ({run:dated}) ended while the program was closed. {cause}",
    },
    "train.settled_success": {
        "es": """
            Un entrenamiento de «{client}» ({run:dated}) terminó bien mientras el programa estaba cerrado. Verificado: {path}
        """,
        "en": "A training of '{client}' ({run:dated}) finished successfully while the program was closed. Verified: {path}",
    },
    "train.orphan.title": {
        "es": """
            Un entrenamiento de «{client}» sigue en marcha en segundo plano (paso {step} de {total}): el programa que lo empezó
            se cerró.
        """,
        "en": """
            A training of '{client}' is still running in the background (step {step} of {total}): the program that started it
            was closed.
        """,
    },
    "train.orphan.adopt": {"es": "Vigilarlo hasta que termine", "en": "Monitor it until it ends"},
    "train.orphan.stop": {"es": "Detenerlo; lo guardado se queda", "en": "Stop it; what was saved is kept"},
    "train.orphan.leave": {"es": "Dejarlo en segundo plano", "en": "Leave it running in the background"},
    "train.cause.at_state": {
        "es": """
            Entrenamiento detenido por ti; guardado en el paso {saved} de {total}. Para continuarlo desde ahí: [[train ID
            --resume]].
        """,
        "en": """
            Training stopped by you; saved at step {saved} of {total}. To go on from there: [[train ID --resume]].
        """,
    },
    "train.cause.at_checkpoint": {
        "es": """
            Entrenamiento detenido por ti, con el LoRA del paso {saved} de {total} guardado: [[models ID]] lo muestra y lo
            entrega. No se puede continuar, pues el plan no guarda estados ([[configure ID --set save_state=true]]).
        """,
        "en": """
            Training stopped by you, with the LoRA of step {saved} of {total} saved: [[models ID]] shows it and delivers it. It
            cannot be resumed, for the plan saves no states ([[configure ID --set save_state=true]]).
        """,
    },
    "train.cause.nothing_trained": Error(
        what={
            "es": "El entrenador dijo que guardó el modelo, pero no entrenó ni un paso de los {lacking} que faltaban.",
            "en": "The trainer said that it saved the model, but trained not one of the {lacking} steps that were lacking.",
        },
        why={
            "es": "siguió desde el paso {start} de {total} y lo dio todo por hecho.",
            "en": "it went on from step {start} of {total} and took all for done.",
        },
        do={
            "es": "actualiza el entrenador ([[setup --trainer]]) y continúa otra vez, o entrena desde el principio.",
            "en": "update the trainer ([[setup --trainer]]) and resume again, or train from the start.",
        },
    ),
    "train.cause.too_few_steps": Error(
        what={
            "es": "El entrenador dijo que guardó el modelo, pero entrenó {trained} de los {lacking} pasos que faltaban.",
            "en": "The trainer said that it saved the model, but trained {trained} of the {lacking} steps that were lacking.",
        },
        why={
            "es": "siguió desde el paso {start} de {total} y contó mal los que faltaban.",
            "en": "it went on from step {start} of {total} and miscounted those that were lacking.",
        },
        do={
            "es": "actualiza el entrenador ([[setup --trainer]]) y continúa otra vez, o entrena desde el principio.",
            "en": "update the trainer ([[setup --trainer]]) and resume again, or train from the start.",
        },
    ),
    "train.warning.rate_jumped": {
        "es": """
            Al continuar, la tasa del paso {step} fue {rate:.3g} y debía ser {expected:.3g}: el LoRA no es el que el plan habría
            dado de una vez.
        """,
        "en": """
            When it went on, the rate of step {step} was {rate:.3g} and should have been {expected:.3g}: the LoRA is not what
            the plan would have given in one go.
        """,
    },
    "train.cause.names_left": Error(
        what={"es": "El modelo está en {path}, pero no se entregó.", "en": "The model is at {path} but was not delivered."},
        why={
            "es": "no se pudieron quitar los nombres de sus metadatos ({detail}).",
            "en": "the names could not be removed from its metadata ({detail}).",
        },
        do={
            "es": "haz sitio en el disco y entrena de nuevo, o deja los nombres: [[settings trainer.metadata_names keep]]",
            "en": "free some space on the disk and train again, or keep the names: [[settings trainer.metadata_names keep]]",
        },
    ),
    "train.other_machine": Error(
        what={
            "es": "Aquí no se entrena solo: esta es la máquina {rank} de {machines}.",
            "en": "This machine does not train by itself: it is number {rank} of {machines}.",
        },
        why={
            "es": "el modelo lo escribe la máquina 0, y solo allí se puede comprobar.",
            "en": "machine 0 writes the model, and only there can it be checked.",
        },
        do={
            "es": "copia la línea que muestra la prueba sin entrenar y ejecútala aquí a mano; luego entrena en la máquina 0.",
            "en": "copy the line that the dry run shows and run it here by hand; then train on machine 0.",
        },
    ),
    "train.tuning_orphan": Error(
        what={
            "es": """
                Un entrenamiento del ajuste automático de «{client}» sigue en marcha en segundo plano: candidato {candidate},
                paso {step} de {total}.
            """,
            "en": """
                A training of the automatic tuning of '{client}' is still running in the background: candidate {candidate}, step
                {step} of {total}.
            """,
        },
        why={"es": "el programa que lo empezó se cerró.", "en": "the program that started it was closed."},
        do={
            "es": "Repite el ajuste automático para que siga, o [[monitor {client} --stop]] para detener este entrenamiento.",
            "en": "Start the automatic tuning again to let it go on, or [[monitor {client} --stop]] to stop this training.",
        },
    ),
    "train.candidate_busy": Error(
        what={
            "es": "El candidato {candidate} del ajuste de «{client}» ya se está entrenando.",
            "en": "Candidate {candidate} of the tuning of '{client}' is being trained already.",
        },
        why={"es": "lo entrena otro programa u otro ordenador.", "en": "another program or another computer trains it."},
        do={"es": "Espera a que termine y repite la orden.", "en": "Wait until it ends and repeat the command."},
    ),
    "train.orphan": Error(
        what={
            "es": """
                Un entrenamiento de «{client}» sigue en marcha en segundo plano, empezado el {run:dated}: paso {step} de
                {total}.
            """,
            "en": "A training of '{client}' is still running in the background, started {run:dated}: step {step} of {total}.",
        },
        why={"es": "el programa que lo empezó se cerró.", "en": "the program that started it was closed."},
        do={
            "es": "[[monitor {client} --adopt]] para vigilarlo hasta el final, o [[monitor {client} --stop]] para detenerlo.",
            "en": "[[monitor {client} --adopt]] to monitor it until it ends, or [[monitor {client} --stop]] to stop it.",
        },
    ),
    "train.no_such_run": Error(
        what={
            "es": "En «{client}» no hay ningún entrenamiento en segundo plano.",
            "en": "No training of '{client}' is running in the background.",
        },
        why={
            "es": "no se ha empezado ninguno, ha terminado, o lo vigila otro programa.",
            "en": "none was begun, it has ended, or another program is monitoring it.",
        },
        do={"es": "mira [[monitor {client}]].", "en": "look at [[monitor {client}]]."},
    ),
    "train.nobody_watches": Error(
        what={
            "es": "Nadie vigila el entrenamiento de «{client}» ({run:dated}): no puede detenerse tras el próximo guardado.",
            "en": "Nobody monitors the training of '{client}' ({run:dated}): it cannot stop after the next checkpoint.",
        },
        why={"es": "el programa que lo empezó se cerró.", "en": "the program that started it was closed."},
        do={
            "es": "[[monitor {client} --adopt]] para vigilarlo y pedirlo luego, o [[monitor {client} --stop]] para parar ya.",
            "en": "[[monitor {client} --adopt]] to monitor it and ask then, or [[monitor {client} --stop]] to stop it now.",
        },
    ),
    "train.bad_record": Error(
        what={
            "es": "No se puede leer el registro de un entrenamiento: {path}",
            "en": "The record of a training cannot be read: {path}",
        },
        why={"es": "{detail}", "en": "{detail}"},
        do={"es": "entrena de nuevo.", "en": "train again."},
    ),
    "train.warning.far_slower": Error(
        what={
            "es": "Cada paso tarda {seconds:.0f} s; se esperaban unos {expected:.0f}.",
            "en": "Each step takes {seconds:.0f} s; about {expected:.0f} were expected.",
        },
        why={
            "es": """
                así de lento es un entrenamiento que no cabe en la tarjeta: Windows usa entonces memoria RAM como memoria de la
                tarjeta. También puede ser otro programa que la ocupa.
            """,
            "en": """
                this is how slow a training is that does not fit on the card: Windows then uses RAM as graphics memory. Another
                program that keeps the card busy does the same.
            """,
        },
        do={
            "es": """
                cierra otros programas que usen la tarjeta (navegador, juegos, ComfyUI); si sigue igual, Ctrl+C y configura con
                menos: [[configure ID --set resolution=768]], o un dim menor.
            """,
            "en": """
                close other programs that use the card (browser, games, ComfyUI); if that changes nothing, Ctrl+C and configure
                with less: [[configure ID --set resolution=768]], or a smaller dim.
            """,
        },
    ),
    "train.warning.spill": Error(
        what={
            "es": """
                Cada paso tarda {slower:.1f} veces lo que antes ({seconds~before:.1f} s en vez de {before~seconds:.1f}) y la
                tarjeta está llena ({used:.1f} de {total:.1f} GiB).
            """,
            "en": """
                Each step takes {slower:.1f} times as long as before ({seconds~before:.1f} s instead of {before~seconds:.1f})
                and the card is full ({used:.1f} of {total:.1f} GiB).
            """,
        },
        why={
            "es": "Windows usa memoria RAM como memoria de la tarjeta, que es mucho más lenta.",
            "en": "Windows is using RAM as graphics memory, which is far slower.",
        },
        do={
            "es": """
                cierra otros programas que usen la tarjeta; si sigue igual, Ctrl+C y configura con [[configure ID --set
                fp8_base=true]] o [[configure ID --set resolution=768]].
            """,
            "en": """
                close other programs that use the card; if that does not help, Ctrl+C and configure with [[configure ID --set
                fp8_base=true]] or [[configure ID --set resolution=768]].
            """,
        },
    ),
    "train.warning.silent": Error(
        what={
            "es": "El entrenador lleva {minutes:.0f} minutos sin escribir nada en su registro (paso {step}, fase {phase}).",
            "en": "The trainer has written nothing to its log for {minutes:.0f} minutes (step {step}, phase {phase}).",
        },
        why={
            "es": "está colgado, o el disco o la tarjeta van muy despacio.",
            "en": "it hangs, or the disk or the card is very slow.",
        },
        do={
            "es": "mira si la tarjeta trabaja; si no, Ctrl+C y continúa con [[train ID --resume]].",
            "en": "check whether the card is busy; if not, Ctrl+C and continue with [[train ID --resume]].",
        },
    ),
    "train.again": {
        "es": "Nuevo intento ({n} de {most} como máximo); {name:option}: {before:plain} → {after:plain} ({why}).",
        "en": "Trying again ({n} of at most {most}); {name:option}: {before:plain} → {after:plain} ({why}).",
    },
    "train.warning.steadier": {
        "es": """
            La pérdida pasó a ser NaN y se ha repetido el entrenamiento con otros valores: {changes}.
        """,
        "en": """
            The loss became NaN, and training was repeated with other values: {changes}.
        """,
    },
    "train.warning.lighter": {
        "es": """
            Al equipo le faltó memoria RAM y se ha repetido el entrenamiento con menos: {changes}.
        """,
        "en": """
            The computer ran out of RAM, and training was repeated with less: {changes}.
        """,
    },
    "train.change.nan_precision": {
        "es": "la pérdida pasó a ser NaN; bf16 tiene un rango mucho mayor que fp16",
        "en": "the loss became NaN; bf16 has a much larger range than fp16",
    },
    "train.change.nan_vae": {
        "es": "la pérdida pasó a ser NaN; el VAE de SDXL se desborda en media precisión",
        "en": "the loss became NaN; the SDXL VAE overflows in half precision",
    },
    "train.change.nan_rate": {
        "es": "la pérdida pasó a ser NaN; con la mitad de tasa los pasos son menores",
        "en": "the loss became NaN; half the learning rate takes smaller steps",
    },
    "train.change.host_memory": {
        "es": "al equipo le faltó memoria RAM; así necesita unos 9 GB en vez de 14",
        "en": "the computer ran out of RAM; this way it needs about 9 GB instead of 14",
    },
    "train.arithmetic": {
        "es": """
            Imágenes: {images}. Exposiciones por época: {exposures_per_epoch}. Pasos por época: {steps_per_epoch}. Épocas:
            {epochs}. Pasos: {steps}. Exposiciones en total: {exposures} ({exposures_per_image:.0f} por imagen). Puntos de
            guardado: {checkpoints}.
        """,
        "en": """
            Pictures: {images}. Exposures per epoch: {exposures_per_epoch}. Steps per epoch: {steps_per_epoch}. Epochs:
            {epochs}. Steps: {steps}. Exposures in all: {exposures} ({exposures_per_image:.0f} a picture). Checkpoints:
            {checkpoints}.
        """,
    },
    "train.memory": {
        "es": """
            Memoria de la tarjeta, por la fórmula: {total_gib:.1f} GiB ({safe_gib:.1f} con su margen; pico: {peak});
            disponible: {free} GiB. U-Net {unet_gib:.1f}; LoRA y optimizador {lora_gib:.1f}; codificadores de texto
            {text_encoders_gib:.1f}; activaciones y lo demás {activations_gib:.1f}; CUDA {context_gib:.1f}. Memoria RAM:
            {host_gib:.0f} GiB.
        """,
        "en": """
            Graphics memory, by the formula: {total_gib:.1f} GiB ({safe_gib:.1f} with the margin; peak: {peak}); available:
            {free} GiB. U-Net {unet_gib:.1f}, LoRA and optimizer {lora_gib:.1f}, text encoders {text_encoders_gib:.1f},
            activations and the rest {activations_gib:.1f}, CUDA {context_gib:.1f}. RAM: {host_gib:.0f} GiB.
        """,
    },
    "train.success": {
        "es": "Entrenado y verificado: {path}\nHa llevado {time}: {steps:paso|pasos}.",
        "en": "Trained and verified: {path}\nIt took {time}: {steps:step|steps}.",
    },
    "train.energy": {
        "es": "Energía de la tarjeta: {kwh:.2f} kWh.",
        "en": "Energy of the card: {kwh:.2f} kWh.",
    },
    "train.first_time": {
        "es": "Tras {step:paso|pasos}: {seconds:.1f} s por paso; quedan {left}, hasta el {clock}.",
        "en": "After {step:step|steps}: {seconds:.1f} s each; {left} to go, until {clock}.",
    },
    "train.warning.on_cpu": {
        "es": "Se ha entrenado en el procesador: es solo una prueba del proceso, no un LoRA útil.",
        "en": "Training ran on the processor: a test of the whole process, not a usable LoRA.",
    },
    "train.warning.cheaper": {
        "es": """
            La tarjeta se quedó sin memoria y se ha repetido el entrenamiento con menos: {changes}.
        """,
        "en": "The card ran out of memory, and training was repeated with less: {changes}.",
    },
    "train.changed_value": {
        "es": "{name:option} {before:plain} → {after:plain}",
        "en": "{name:option} {before:plain} → {after:plain}",
    },
    "train.cannot_start": Error(
        what={"es": "El entrenador no arranca.", "en": "The trainer does not start."},
        why={"es": "{python}: {detail}", "en": "{python}: {detail}"},
        do={
            "es": "instala el entrenador con [[setup --trainer]] o di otro Python: [[settings trainer.python RUTA]]",
            "en": "install the trainer with [[setup --trainer]], or name another Python: [[settings trainer.python PATH]]",
        },
    ),
    "train.no_state": Error(
        what={
            "es": "No hay nada desde lo que continuar el entrenamiento de «{client}».",
            "en": "There is nothing to resume the training of '{client}' from.",
        },
        why={"es": "ningún entrenamiento ha guardado un estado completo.", "en": "no run has saved a complete state."},
        do={
            "es": "entrena de nuevo; para poder continuar en el futuro, configura con [[configure ID --set save_state=true]].",
            "en": "train again; to be able to resume in future, configure with [[configure ID --set save_state=true]].",
        },
    ),
    "train.no_state_yet": Error(
        what={
            "es": "No hay nada desde lo que continuar el entrenamiento de «{client}».",
            "en": "There is nothing to resume the training of '{client}' from.",
        },
        why={
            "es": "ninguno llegó al paso {step}, donde este plan guarda el primer estado.",
            "en": "none reached step {step}, where this plan saves the first state.",
        },
        do={"es": "entrena de nuevo: [[train {client}]].", "en": "train again: [[train {client}]]."},
    ),
    "train.nothing_left": Error(
        what={"es": "No queda nada por entrenar.", "en": "Nothing is left to train."},
        why={
            "es": "el estado guardado ya tiene {done:paso|pasos} y el plan pide {total}.",
            "en": "the saved state has {done:step|steps} already and the plan asks for {total}.",
        },
        do={
            "es": "pide más pasos con [[configure ID --set steps=N]], o entrena de nuevo.",
            "en": "ask for more steps with [[configure ID --set steps=N]], or start a new training.",
        },
    ),
    "train.cannot_resume": Error(
        what={
            "es": "Este entrenador no puede continuar un entrenamiento contando bien los pasos.",
            "en": "This trainer cannot resume with the right step count.",
        },
        why={
            "es": """
                la versión {version} empezaría otra vez a contar, y la tasa seguiría otra curva. Con una tasa constante sí
                podría.
            """,
            "en": """
                version {version} would begin to count anew, and the rate would follow another curve.
                At a constant rate it could.
            """,
        },
        do={
            "es": "actualiza el entrenador con [[setup --trainer]], o entrena de nuevo.",
            "en": "update the trainer with [[setup --trainer]], or start a new training.",
        },
    ),
    "train.cause.cancelled": {
        "es": """
            Entrenamiento detenido por ti en el paso {step} de {total}. Los puntos ya guardados siguen en la carpeta del
            entrenamiento.
        """,
        "en": "Training stopped by you at step {step} of {total}. Checkpoints saved before stay in the run's folder.",
    },
    "train.cause.interrupted": Error(
        what={
            "es": "El entrenador fue interrumpido (Ctrl+C, o se cerró su ventana) en el paso {step} de {total}.",
            "en": "The trainer was interrupted (Ctrl+C, or its window was closed) at step {step} of {total}.",
        },
        do={"es": "vuelve a entrenar.", "en": "train again."},
        one_line=True,
    ),
    "train.cause.terminated": Error(
        what={
            "es": "Otro programa, o el cierre de la sesión, terminó el entrenador en el paso {step} de {total}.",
            "en": "Another program, or logging off, ended the trainer at step {step} of {total}.",
        },
        do={"es": "vuelve a entrenar.", "en": "train again."},
        one_line=True,
    ),
    "train.cause.killed": Error(
        what={
            "es": "El sistema mató al entrenador en el paso {step} de {total}.",
            "en": "The system killed the trainer at step {step} of {total}.",
        },
        why={
            "es": "casi siempre falta memoria RAM (hacen falta unos 14 GB; 9 GB con todo en bf16).",
            "en": "almost always too little RAM (about 14 GB needed; 9 GB with all in bf16).",
        },
        do={
            "es": """
                cierra programas, o configura con [[configure ID --set full_bf16=true]] (en tarjetas sin bf16, [[configure ID
                --set full_fp16=true]]).
            """,
            "en": """
                close programs, or configure with [[configure ID --set full_bf16=true]] (on cards without bf16, [[configure ID
                --set full_fp16=true]]).
            """,
        },
    ),
    "train.cause.abandoned": Error(
        what={
            "es": "El programa se cerró en el paso {step} de {total} y el entrenamiento se acabó con él.",
            "en": "The program was closed at step {step} of {total} and the training ended with it.",
        },
        do={"es": "vuelve a entrenar. Registro: {log}", "en": "train again. Log: {log}"},
        one_line=True,
    ),
    "train.cause.bad_option": Error(
        what={"es": "El entrenador no acepta una opción.", "en": "The trainer refuses an option."},
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": """
                quita esa opción del plan ([[configure ID --unset OPCIÓN]]), o actualiza el entrenador con [[setup --trainer]].
            """,
            "en": """
                remove that option from the plan ([[configure ID --unset OPTION]]), or update the trainer with [[setup
                --trainer]].
            """,
        },
    ),
    "train.cause.no_data": Error(
        what={
            "es": "El entrenador no encontró imágenes y terminó sin entrenar (con código 0).",
            "en": "The trainer found no pictures and ended without training (with exit code 0).",
        },
        why={
            "es": "la carpeta del dataset no tiene carpetas «N_cliente» con imágenes.",
            "en": "the dataset's folder contains no 'N_client' folders with pictures.",
        },
        do={"es": "prepara el dataset otra vez.", "en": "prepare the dataset again."},
    ),
    "train.advice.base_model": {
        "es": "Mira primero el modelo base ({model}): descárgalo otra vez o usa otro; no es cosa del plan.",
        "en": "Look at the base model first ({model}): download it again or use another; the plan has no part in it.",
    },
    "train.advice.plan": {
        "es": "Lo que este plan aún puede cambiar: [[configure {client} {overrides}]]",
        "en": "What this plan can still change: [[configure {client} {overrides}]]",
    },
    "train.cause.gpu_memory": Error(
        what={
            "es": "La tarjeta se quedó sin memoria en el paso {step} de {total}.",
            "en": "The card ran out of memory at step {step} of {total}.",
        },
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": "cierra otros programas que usen la tarjeta, o haz un plan que pida menos ([[doctor ID]] dice cómo).",
            "en": "close other programs that use the card, or make a plan that needs less ([[doctor ID]] says how).",
        },
    ),
    "train.cause.nan": Error(
        what={
            "es": "El entrenamiento falló: la pérdida pasó a ser NaN (no es un número), y el modelo no sirve.",
            "en": "The training failed: the loss became NaN (not a number), and the model is useless.",
        },
        why={
            "es": "precisión insuficiente o tasa de aprendizaje alta; dónde (paso o archivo): {detail}",
            "en": "too little precision or too high a learning rate; at (step or file): {detail}",
        },
        do={
            "es": "haz un plan más estable ([[doctor ID]] dice cómo); si fue en el paso 1, mira primero el modelo base.",
            "en": "make a steadier plan ([[doctor ID]] says how); if it was at step 1, look at the base model first.",
        },
    ),
    "train.cause.disk_full": Error(
        what={"es": "No queda sitio en el disco.", "en": "The disk is full."},
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": "libera espacio o guarda menos puntos ([[configure ID --set save_every_n_steps=1000]]).",
            "en": "free some space, or save fewer checkpoints ([[configure ID --set save_every_n_steps=1000]]).",
        },
    ),
    "train.cause.drive": Error(
        what={
            "es": "El disco da errores de lectura o escritura: no está lleno, falla o se ha desconectado.",
            "en": "The drive gives errors when it is read or written: it is not full, it fails or was disconnected.",
        },
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": """
                comprueba el disco y su cable, o la conexión si es una carpeta de red; copia el trabajo a otro disco y entrena
                allí.
            """,
            "en": """
                check the drive and its cable, or the connection of a network folder; copy the work to another drive and train
                there.
            """,
        },
    ),
    "train.cause.fp16_values": Error(
        what={
            "es": "Los valores que se entrenan están en fp16, y la precisión mixta los necesita completos.",
            "en": "The values that are trained are in fp16, and mixed precision needs them whole.",
        },
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": """
                configura con [[configure ID --set mixed_precision=bf16]] si tu tarjeta lo tiene, o con
                [[configure ID --set full_fp16=false]].
            """,
            "en": """
                configure with [[configure ID --set mixed_precision=bf16]] if your card has it, or with
                [[configure ID --set full_fp16=false]].
            """,
        },
    ),
    "train.cause.mac": Error(
        what={
            "es": "Los gráficos de este Mac no pueden hacer este cálculo.",
            "en": "This Mac's graphics cannot do this calculation.",
        },
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": """
                entrena en otro equipo, con una tarjeta NVIDIA ([[bundle ID ARCHIVO.zip]] hace un zip con todo lo necesario).
            """,
            "en": """
                train on another computer, with an NVIDIA card ([[bundle ID FILE.zip]] makes a zip with all that is needed).
            """,
        },
    ),
    "train.cause.encoding": Error(
        what={
            "es": "El entrenador no pudo escribir japonés en la consola.",
            "en": "The trainer could not print Japanese on the console.",
        },
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": "lánzalo desde este programa, que usa UTF-8, o define PYTHONUTF8=1.",
            "en": "start it from this program, which uses UTF-8, or set PYTHONUTF8=1.",
        },
    ),
    "train.cause.caption_encoding": Error(
        what={
            "es": "Un texto del dataset está vacío o no es UTF-8.",
            "en": "A caption of the dataset is empty or not UTF-8.",
        },
        why={"es": "{detail}", "en": "{detail}"},
        do={"es": "prepara el dataset otra vez.", "en": "prepare the dataset again."},
    ),
    "train.cause.no_bitsandbytes": Error(
        what={
            "es": """
                bitsandbytes falta en el entorno del entrenador, o no funciona con esta tarjeta, y los optimizadores de 8 bits
                lo necesitan.
            """,
            "en": """
                bitsandbytes is missing in the trainer's environment or does not work with this card, and 8-bit optimizers need
                it.
            """,
        },
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": """
                configura con [[configure ID --set optimizer=AdamW]] (más memoria) o [[configure ID --set optimizer=Adafactor]]
                (menos); o borra la carpeta venv del entrenador y repite [[setup --trainer]].
            """,
            "en": """
                configure with [[configure ID --set optimizer=AdamW]] (more memory) or [[configure ID --set
                optimizer=Adafactor]] (less); or delete the trainer's folder venv and repeat [[setup --trainer]].
            """,
        },
    ),
    "train.cause.no_xformers": Error(
        what={
            "es": "xformers falta en el entorno del entrenador, o no funciona con esta tarjeta.",
            "en": "xformers is missing in the trainer's environment or does not work with this card.",
        },
        do={
            "es": "configura sin xformers ([[configure ID --set xformers=false sdpa=true]]). ({detail})",
            "en": "configure without it ([[configure ID --set xformers=false sdpa=true]]). ({detail})",
        },
        one_line=True,
    ),
    "train.cause.no_base_model": Error(
        what={"es": "No se encuentra el modelo base.", "en": "The base model was not found."},
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": """
                elige otro (un archivo .safetensors de SDXL o un nombre de Hugging Face), [[settings trainer.base_model RUTA]],
                y configura otra vez: [[configure ID]]
            """,
            "en": """
                choose another (an SDXL .safetensors file or a name of Hugging Face), [[settings trainer.base_model PATH]], and
                configure again: [[configure ID]]
            """,
        },
    ),
    "train.cause.wrong_model": Error(
        what={
            "es": "El modelo base no es un modelo SDXL completo (puede ser SD 1.5, SD3, Flux o un LoRA), o está dañado.",
            "en": "The base model is not a complete SDXL model (it may be SD 1.5, SD3, Flux or a LoRA), or it is damaged.",
        },
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": """
                elige un modelo base SDXL 1.0, de unos 6,5 GB, [[settings trainer.base_model RUTA]], y configura otra vez:
                [[configure ID]]
            """,
            "en": """
                choose an SDXL 1.0 base model, of about 6.5 GB, [[settings trainer.base_model PATH]], and configure again:
                [[configure ID]]
            """,
        },
    ),
    "train.cause.broken_model": Error(
        what={
            "es": "El archivo del modelo base está dañado o incompleto.",
            "en": "The base model's file is damaged or incomplete.",
        },
        why={"es": "{detail}", "en": "{detail}"},
        do={"es": "descárgalo otra vez, como .safetensors.", "en": "download it again, as .safetensors."},
    ),
    "train.cause.warmup": Error(
        what={"es": "El planificador no admite pasos de calentamiento.", "en": "The scheduler does not accept warm-up steps."},
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": "configura con [[configure ID --set lr_warmup_steps=0]].",
            "en": "configure with [[configure ID --set lr_warmup_steps=0]].",
        },
    ),
    "train.cause.fp8_cpu": Error(
        what={
            "es": "fp8 no funciona aquí (en el procesador, o con lo que acelera la atención).",
            "en": "fp8 does not work here (on the processor, or with what speeds the attention up).",
        },
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": "configura con [[configure ID --set fp8_base=false]].",
            "en": "configure with [[configure ID --set fp8_base=false]].",
        },
    ),
    "train.cause.fp16_cpu": Error(
        what={
            "es": "fp16 no funciona en el procesador: el entrenador no encontró la tarjeta.",
            "en": "fp16 does not work on the processor: the trainer did not find the card.",
        },
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": "instala en el entrenador un PyTorch con CUDA ([[setup --trainer]]).",
            "en": "install a torch with CUDA for the trainer ([[setup --trainer]]).",
        },
    ),
    "train.cause.picture_size": Error(
        what={
            "es": "Una imagen del dataset no tiene el tamaño del entrenamiento.",
            "en": "A picture of the dataset does not have the training size.",
        },
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": "prepara el dataset otra vez, o vuelve a lo que el plan propone: [[configure ID --new]]",
            "en": "prepare the dataset again, or go back to what the plan proposes: [[configure ID --new]]",
        },
    ),
    "train.cause.resolution": Error(
        what={"es": "La resolución no sirve para SDXL.", "en": "The resolution does not work with SDXL."},
        why={"es": "{detail}", "en": "{detail}"},
        do={"es": "usa un múltiplo de 64.", "en": "use a multiple of 64."},
    ),
    "train.cause.broken_picture": Error(
        what={
            "es": "Una imagen del dataset, o un archivo .npz que el entrenador guardó junto a ella, no se puede leer.",
            "en": "A picture of the dataset, or a .npz file that the trainer kept beside it, cannot be read.",
        },
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": """
                borra los .npz de la carpeta del dataset y prepara el dataset otra vez; el registro puede nombrar la imagen.
            """,
            "en": "delete the .npz files in the dataset's folder and prepare the dataset again; the log may name the picture.",
        },
    ),
    "train.cause.cuda": Error(
        what={"es": "El entrenador no puede usar la tarjeta.", "en": "The trainer cannot use the card."},
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": """
                reinicia el equipo y mira si el sistema muestra la tarjeta (NVIDIA: nvidia-smi; que CUDA_VISIBLE_DEVICES no la
                oculte); actualiza su controlador y repite [[setup --trainer]], que instala el PyTorch que le va.
            """,
            "en": """
                restart the computer and look whether the system shows the card (NVIDIA: nvidia-smi; CUDA_VISIBLE_DEVICES must
                not hide it); update its driver and repeat [[setup --trainer]], which installs the torch that fits it.
            """,
        },
    ),
    "train.cause.no_network": Error(
        what={
            "es": "El entrenador no pudo descargar lo que le falta (modelo base o tokenizadores).",
            "en": "The trainer could not download what it needs (base model or tokenizers).",
        },
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": """
                conéctate y repite; si el servidor dice que hay demasiadas peticiones (429) o falla él (5xx), espera unos
                minutos. Después ya no hará falta la red.
            """,
            "en": """
                connect to the internet and repeat; if the server reports too many requests (429) or an error of its own (5xx),
                wait a few minutes. After that no network is needed.
            """,
        },
    ),
    "train.cause.missing_package": Error(
        what={
            "es": "En el entorno del entrenador falta un paquete, o hay versiones que no encajan.",
            "en": "The trainer's environment lacks a package, or its versions are incompatible.",
        },
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": "borra la carpeta venv del entrenador y repite [[setup --trainer]].",
            "en": "delete the trainer's folder venv and repeat [[setup --trainer]].",
        },
    ),
    "train.cause.not_writable": Error(
        what={"es": "El entrenador no puede leer o escribir un archivo.", "en": "The trainer cannot read or write a file."},
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": """
                cierra lo que lo tenga abierto (otro programa, OneDrive, el antivirus) y revisa los permisos de la carpeta del
                cliente; en Windows, permite Python en el acceso controlado a carpetas de Windows Defender, o lleva el programa
                fuera de Documentos y OneDrive; si prohíbe los enlaces (error 1314), activa el modo de desarrollador.
            """,
            "en": """
                close whatever has it open (another program, OneDrive, the antivirus) and check the permissions of the client's
                folder; on Windows allow Python in the controlled folder access of Windows Defender, or move the program out of
                Documents and OneDrive; where it forbids links (error 1314), switch on developer mode.
            """,
        },
    ),
    "train.cause.gpu_fault": Error(
        what={
            "es": "La tarjeta falló mientras calculaba, en el paso {step} de {total}.",
            "en": "The card failed during computation, at step {step} of {total}.",
        },
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": """
                reinicia el equipo, quita cualquier overclock, actualiza el controlador de NVIDIA y continúa ([[train ID
                --resume]]) o entrena de nuevo. Si vuelve a pasar, configura con [[configure ID --set fp8_base=true]]: también
                falla así cuando le falta memoria.
            """,
            "en": """
                restart the computer, remove any overclocking, update NVIDIA's driver, and continue ([[train ID --resume]]) or
                train again. If it happens again, configure with [[configure ID --set fp8_base=true]]: too little memory can
                look like this too.
            """,
        },
    ),
    "train.cause.no_bf16": Error(
        what={"es": "La tarjeta no tiene bf16.", "en": "The card has no bf16."},
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": "configura con [[configure ID --set mixed_precision=fp16]] (y sin [[configure ID --set full_bf16=false]]).",
            "en": """
                configure with [[configure ID --set mixed_precision=fp16]] (and without [[configure ID --set full_bf16=false]]).
            """,
        },
    ),
    "train.cause.nan_latents": Error(
        what={
            "es": "El VAE del modelo base dio números no válidos (NaN) al preparar una imagen.",
            "en": "The base model's VAE produced invalid numbers (NaN) while preparing a picture.",
        },
        why={
            "es": "se desborda en media precisión; imagen: {detail}",
            "en": "it overflows in half precision; picture: {detail}",
        },
        do={
            "es": """
                usa el VAE en precisión completa ([[configure ID --set no_half_vae=true]]); si ya lo tenías, descarga otro
                modelo base.
            """,
            "en": """
                use the VAE in full precision ([[configure ID --set no_half_vae=true]]); if it already was, get another base
                model.
            """,
        },
    ),
    "train.cause.hub_access": Error(
        what={"es": "Hugging Face no deja descargar el modelo base.", "en": "Hugging Face refuses the base model."},
        why={
            "es": "hace falta aceptar su licencia con una cuenta, o el token guardado ya no vale. {detail}",
            "en": "its licence must be accepted with an account, or the stored token is no longer valid. {detail}",
        },
        do={
            "es": """
                descarga el archivo .safetensors con el navegador, di dónde está, [[settings trainer.base_model RUTA]], y
                configura otra vez, [[configure ID]]; o renueva el token (HF_TOKEN).
            """,
            "en": """
                download the .safetensors file with the browser, say where it is, [[settings trainer.base_model PATH]], and
                configure again, [[configure ID]]; or renew the token (HF_TOKEN).
            """,
        },
    ),
    "train.cause.proxy": Error(
        what={
            "es": "Algo entre este equipo e internet no deja descargar.",
            "en": "Something between this computer and the internet prevents the download.",
        },
        why={
            "es": "un proxy, o un antivirus que revisa las conexiones cifradas, o un reloj mal puesto. {detail}",
            "en": "a proxy, or an antivirus that scans encrypted connections, or a wrong clock. {detail}",
        },
        do={
            "es": """
                comprueba la fecha y la hora; quita en el antivirus la inspección de HTTPS mientras descarga; con un proxy,
                define HTTPS_PROXY (y REQUESTS_CA_BUNDLE con su certificado). O descarga una vez desde otra red.
            """,
            "en": """
                check date and time; turn off the antivirus's HTTPS scanning during the download; with a proxy, set HTTPS_PROXY
                (and REQUESTS_CA_BUNDLE to its certificate). Or download once through another network.
            """,
        },
    ),
    "train.cause.library": Error(
        what={
            "es": "Una biblioteca del sistema que el entrenador necesita no se puede cargar.",
            "en": "A system library that the trainer needs cannot be loaded.",
        },
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": """
                en Windows, instala «Microsoft Visual C++ Redistributable» (aka.ms/vs/17/release/vc_redist.x64.exe) y reinicia;
                en Linux, instala el paquete que la contiene (libGL.so.1: sudo apt install libgl1) y, si se habla de cuDNN,
                vacía LD_LIBRARY_PATH. Si sigue igual, borra la carpeta venv del entrenador y repite [[setup --trainer]].
            """,
            "en": """
                on Windows install 'Microsoft Visual C++ Redistributable' (aka.ms/vs/17/release/vc_redist.x64.exe) and restart;
                on Linux install the package that contains it (libGL.so.1: sudo apt install libgl1) and, if cuDNN is mentioned,
                unset LD_LIBRARY_PATH. If that does not help, delete the trainer's folder venv and repeat [[setup --trainer]].
            """,
        },
    ),
    "train.cause.host_memory": Error(
        what={
            "es": "Al equipo (no a la tarjeta) le faltó memoria RAM en el paso {step} de {total}.",
            "en": "The computer (not the card) ran out of RAM at step {step} of {total}.",
        },
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": """
                cierra programas; en Windows, deja que el sistema administre el archivo de paginación (Configuración avanzada
                del sistema > Rendimiento > Memoria virtual) con 20 GB libres en el disco; o configura con [[configure ID --set
                full_bf16=true]] (en tarjetas sin bf16, [[configure ID --set full_fp16=true]]).
            """,
            "en": """
                close programs; on Windows let the system manage the paging file (Advanced system settings > Performance >
                Virtual memory) with 20 GB free on the disk; or configure with [[configure ID --set full_bf16=true]] (on cards
                without bf16, [[configure ID --set full_fp16=true]]).
            """,
        },
    ),
    "train.cause.workers": Error(
        what={
            "es": "Falló un proceso auxiliar que lee las imágenes, en el paso {step} de {total}.",
            "en": "A data loader process, which reads the pictures, crashed at step {step} of {total}.",
        },
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": "configura con [[configure ID --set max_data_loader_n_workers=0]] y cierra programas.",
            "en": "configure with [[configure ID --set max_data_loader_n_workers=0]] and close programs.",
        },
    ),
    "train.cause.path": Error(
        what={"es": "El entrenador no encuentra un archivo.", "en": "The trainer cannot find a file."},
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": """
                si lo has movido, devuélvelo o prepara el dataset otra vez. Si está en su sitio, la ruta es demasiado larga:
                lleva el programa a una carpeta corta, como C:\\avatar.
            """,
            "en": """
                if you moved it, put it back or prepare the dataset again. If it is still there, the path is too long: move the
                program to a short folder such as C:\\avatar.
            """,
        },
    ),
    "train.cause.state": Error(
        what={"es": "No se puede seguir desde el estado guardado.", "en": "The saved state cannot be gone on from."},
        why={
            "es": "está dañado o incompleto, o el LoRA, el optimizador o PyTorch han cambiado desde entonces. {detail}",
            "en": "it is damaged or not whole, or the LoRA's shape, the optimizer or torch has changed since. {detail}",
        },
        do={
            "es": "entrena desde el principio; o, si el plan ha cambiado, vuelve a aquel con el que se guardó.",
            "en": "start a new training; or, if the plan has changed, go back to the one it was saved with.",
        },
    ),
    "train.cause.several_cards": Error(
        what={
            "es": "Los procesos de las varias tarjetas no consiguen comunicarse entre sí.",
            "en": "The processes of the several cards cannot reach each other.",
        },
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": """
                entrena con una sola tarjeta ([[configure ID --set num_processes=1]]); con varias máquinas, comprueba la
                dirección del primer equipo, el puerto y el cortafuegos, y que no quede otro entrenamiento en marcha.
            """,
            "en": """
                train with one card ([[configure ID --set num_processes=1]]); with several machines check the address of the
                first computer, the port and the firewall, and that no other training is still running.
            """,
        },
    ),
    "train.cause.crashed": Error(
        what={
            "es": "El programa del entrenador se cerró sin ningún mensaje en el paso {step} de {total} (código {code}).",
            "en": "The trainer's program crashed without a message at step {step} of {total} (code {code}).",
        },
        why={
            "es": "casi siempre falta memoria RAM; si no, el controlador de la tarjeta o un paquete dañado.",
            "en": "almost always too little RAM; otherwise the card's driver or a damaged package.",
        },
        do={
            "es": """
                cierra programas y, en Windows, deja que el sistema administre el archivo de paginación, con 20 GB libres en el
                disco. Si sigue igual, actualiza el controlador, borra la carpeta venv del entrenador y repite [[setup
                --trainer]].
            """,
            "en": """
                close programs and, on Windows, let the system manage the paging file, with 20 GB free on the disk. If that does
                not help, update the driver, delete the trainer's folder venv and repeat [[setup --trainer]].
            """,
        },
    ),
    "train.cause.no_model": Error(
        what={
            "es": "El entrenador terminó sin guardar el modelo (código {code}).",
            "en": "The trainer ended without saving the model (code {code}).",
        },
        do={"es": "mira el registro.", "en": "see the log."},
    ),
    "train.cause.silent": Error(
        what={
            "es": "El entrenador se detuvo en el paso {step} de {total} sin decir por qué (código {code}).",
            "en": "The trainer stopped at step {step} of {total} without saying why (code {code}).",
        },
        why={
            "es": "desconocida; última línea de su registro: {detail:raw}",
            "en": "unknown; last line of its log: {detail:raw}",
        },
        do={
            "es": """
                entrena otra vez; si vuelve a pararse ahí, reinicia el equipo. [[doctor ID --bundle informe.zip]] hace un
                informe para pedir ayuda. Registro: {log}
            """,
            "en": """
                train again; if it stops there again, restart the computer. [[doctor ID --bundle report.zip]] makes a report to
                ask for help with. Log: {log}
            """,
        },
    ),
    "train.cause.unknown": Error(
        what={
            "es": "El entrenador falló en el paso {step} de {total} (código {code}).",
            "en": "The trainer failed at step {step} of {total} (code {code}).",
        },
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": """
                entrena otra vez; si se repite, busca esa línea en internet, o haz un informe con [[doctor ID --bundle
                informe.zip]]. Registro: {log}
            """,
            "en": """
                train again; if it happens again, look for that line on the internet, or make a report with [[doctor ID --bundle
                report.zip]]. Log: {log}
            """,
        },
    ),
    "train.use": {
        "es": """
            Úsalo con las palabras «{trigger}», peso {weight}, muestreador {sampler} (ComfyUI: {comfyui}), {iterations} pasos,
            CFG {cfg}, {size} px, sobre {base}.
        """,
        "en": """
            Use it with the words '{trigger}', weight {weight}, sampler {sampler} (ComfyUI: {comfyui}), {iterations} steps, CFG
            {cfg}, {size} px, on {base}.
        """,
    },
    "train.use_prompts": {"es": "Tres prompts para empezar:", "en": "Three prompts to begin with:"},
    "train.use_where": {
        "es": "Para tenerlo en tu programa: [[install ID --to comfyui]]",
        "en": "To have it in your program: [[install ID --to comfyui]]",
    },
    "train.use_by_hand": {
        "es": """
            En vez de comfyui, también a1111 (Forge, reForge y SD.Next igual), invokeai o una carpeta. A mano va en
            models/loras de ComfyUI o models/Lora de A1111 y Forge.
        """,
        "en": """
            In place of comfyui also a1111 (Forge, reForge and SD.Next alike), invokeai or a folder. By hand it goes into
            models/loras of ComfyUI or models/Lora of A1111 and Forge.
        """,
    },
    "train.log": {"es": "Registro: {path}", "en": "Log: {path}"},
    "train.command_title": {"es": "Comando (en la carpeta {cwd})", "en": "Command (in the folder {cwd})"},
    "train.verdict.ready": {"es": "Listo para entrenar.", "en": "Ready to train."},
    "train.verdict.attention": {
        "es": "Se puede entrenar. Advertencias: {n}.",
        "en": "Training can start. Warnings: {n}.",
    },
    "train.verdict.blocked": {
        "es": "Todavía no se puede entrenar. Lo impide ({n}):",
        "en": "Training cannot start yet. What blocks it ({n}):",
    },
    "train.more_findings": {"es": "y {n} más, en los detalles.", "en": "and {n} more, in the details."},
    "train.figures": {
        "es": """
            Llevará {time}: {steps:paso|pasos}, {images:imagen|imágenes} (cada una vista {each:.0f} veces),
            {checkpoints:punto|puntos} de guardado, hasta {gb:.1f} GB de disco.
        """,
        "en": """
            It takes {time}: {steps:step|steps}, {images:picture|pictures} (each seen {each:.0f} times),
            {checkpoints:checkpoint|checkpoints}, up to {gb:.1f} GB of disk.
        """,
    },
    "plot.title": {
        "es": "{client}: pérdida del entrenamiento del {run:dated}",
        "en": "{client}: loss of the training of {run:dated}",
    },
    "plot.step": {"es": "Paso", "en": "Step"},
    "plot.loss": {"es": "Pérdida", "en": "Loss"},
    "plot.each": {"es": "de cada paso", "en": "each step"},
    "plot.mean": {"es": "media del entrenador", "en": "trainer's average"},
    "plot.smoothed": {"es": "suavizada", "en": "smoothed"},
    "plot.held_out": {"es": "de las imágenes apartadas", "en": "pictures held out"},
    "plot.likeness": {"es": "parecido de las imágenes de muestra", "en": "likeness of the sample pictures"},
    "plot.likeness_axis": {"es": "Parecido", "en": "Likeness"},
    "plot.sample_step": {"es": "Paso {step}", "en": "Step {step}"},
    "plot.sample_likeness": {"es": "Paso {step}: parecido {likeness:.2f}", "en": "Step {step}: likeness {likeness:.2f}"},
    "plot.samples_written": {
        "es": "Las imágenes de muestra, paso a paso, en una animación: {path}",
        "en": "The sample pictures, step by step, as an animation: {path}",
    },
    "plot.rate": {"es": "Tasa de aprendizaje", "en": "Learning rate"},
    "plot.resumed": {"es": "continuado", "en": "resumed"},
    "plot.written": {"es": "Curva de la pérdida: {path}", "en": "Curve of the loss: {path}"},
    "plot.failed": {
        "es": "No se pudo dibujar la curva de la pérdida: {detail}",
        "en": "The curve of the loss could not be drawn: {detail}",
    },
    "board.started": {
        "es": "TensorBoard con las curvas de «{client}»: {address}",
        "en": "TensorBoard with the curves of '{client}': {address}",
    },
    "board.ends": {"es": "Se cierra con el programa.", "en": "It stops when this program ends."},
    "board.wait": {"es": "Enter o Ctrl+C para cerrarlo:", "en": "Enter or Ctrl+C to stop it:"},
    "board.serves": {
        "es": "Sin terminal: sigue en marcha hasta que se termine este proceso (Ctrl+C).",
        "en": "Without a terminal: it goes on until this process is ended (Ctrl+C).",
    },
    "board.ended": {"es": "TensorBoard cerrado.", "en": "TensorBoard stopped."},
    "board.not_installed": Error(
        what={"es": "TensorBoard no está instalado.", "en": "TensorBoard is not installed."},
        why={
            "es": "no lo tienen ni el entorno de este programa ni el del entrenador.",
            "en": "neither this program's environment nor the trainer's has it.",
        },
        do={
            "es": """
                instala el entrenador con [[setup --trainer]]. La curva como imagen (loss.png) no lo necesita. O solo
                TensorBoard:

                    {command}
            """,
            "en": """
                install the trainer with [[setup --trainer]]. The curve as a picture (loss.png) does not need it. Or only
                TensorBoard:

                    {command}
            """,
        },
    ),
    "board.not_started": Error(
        what={"es": "TensorBoard no arranca.", "en": "TensorBoard does not start."},
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": "actualízalo: {command}",
            "en": "update it: {command}",
        },
    ),
    "checkpoint.none": Error(
        what={
            "es": "No hay ningún punto de guardado en el paso {steps}.\nHay: {known}.",
            "en": "There is no checkpoint at step {steps}.\nThere are: {known}.",
        },
        do={"es": "elige uno de esos.", "en": "choose one of those."},
    ),
    "checkpoint.none_yet": Error(
        what={"es": "«{client}» no tiene puntos de guardado.", "en": "'{client}' has no checkpoints."},
        why={
            "es": "ningún entrenamiento suyo los ha dejado, o ya se han borrado.",
            "en": "no training left any, or they were deleted.",
        },
        do={"es": "entrena: [[train {client}]].", "en": "train: [[train {client}]]."},
    ),
    "checkpoint.there": Error(
        what={"es": "Ya hay un modelo con ese nombre: {path}", "en": "There is a model of that name already: {path}"},
        do={
            "es": "muévelo a otra carpeta o ponle otro nombre; no se sobrescribe nada.",
            "en": "move or rename it; nothing is overwritten.",
        },
    ),
    "checkpoint.taken": {
        "es": "Punto de guardado comprobado y entregado: {path}",
        "en": "Checkpoint checked and delivered: {path}",
    },
    "checkpoint.title": {
        "es": "Puntos de guardado (si el último está sobreentrenado, uno anterior puede ser mejor: [[models ID --take PASO]])",
        "en": "Checkpoints (if the last one is overtrained, an earlier one may be better: [[models ID --take STEP]])",
    },
    "checkpoint.leftovers": {
        "es": "Estados y puntos de guardado que ya no hacen falta: {gb:.2f} GB; se borran con [[models ID --clear]].",
        "en": "States and checkpoints that are no longer needed: {gb:.2f} GB; [[models ID --clear]] deletes them.",
    },
    "checkpoint.newest": {
        "es": """
            Lo del entrenamiento más nuevo que acabó bien se queda: {gb:.2f} GB; se borra con [[models ID --clear --newest]].
        """,
        "en": "What the newest training that ended well saved stays: {gb:.2f} GB; [[models ID --clear --newest]] deletes it.",
    },
    "checkpoint.cleared": {
        "es": "Borrado: {n:archivo o carpeta|archivos y carpetas}, {gb:.2f} GB.",
        "en": "Deleted: {n:file or folder|files and folders}, {gb:.2f} GB.",
    },
    "checkpoint.no_more": {"es": "No hay puntos de guardado.", "en": "There are no checkpoints."},
    "checkpoint.nothing_to_clear": {
        "es": "No hay nada que borrar: lo guardado hace falta para continuar el entrenamiento, o no hay nada guardado.",
        "en": "There is nothing to delete: what is saved is needed to resume the training, or nothing is saved.",
    },
    "bundle.local_path": Error(
        what={
            "es": "No se escribió nada: la opción {option} nombra un archivo de este equipo ({path}), que en el otro no está.",
            "en": """
                Nothing was written: the option {option} names a file of this computer ({path}), which the other one does not
                have.
            """,
        },
        do={
            "es": "quítala con [[configure ID --unset {option}]] y añádela en el otro equipo.",
            "en": "remove it with [[configure ID --unset {option}]], and add it on the other computer.",
        },
    ),
    "bundle.no_dataset": Error(
        what={"es": "No hay nada que entrenar en otro equipo.", "en": "There is nothing to train elsewhere."},
        why={"es": "{client} no tiene dataset preparado.", "en": "{client} has no prepared dataset."},
        do={"es": "prepara el dataset ([[prepare {client}]]).", "en": "prepare the dataset ([[prepare {client}]])."},
    ),
    "bundle.broken": Error(
        what={"es": "El paquete {path} no se guardó.", "en": "The bundle {path} was discarded."},
        why={"es": "{member} no se pudo volver a leer del disco.", "en": "{member} could not be read back from the disk."},
        do={"es": "escríbelo en otro disco.", "en": "write it to another disk."},
    ),
    "bundle.done": {
        "es": "Paquete listo y comprobado: {path} ({bytes_mb:.1f} MB, {pictures:imagen|imágenes}, plan {profile} / {preset}).",
        "en": "Bundle ready and checked: {path} ({bytes_mb:.1f} MB, {pictures:picture|pictures}, plan {profile} / {preset}).",
    },
    "bundle.how": {
        "es": "En el otro equipo: descomprímelo y sigue LEEME.txt (train.bat en Windows, sh train.sh en los demás).",
        "en": "On the other computer: unpack it and follow README.txt (train.bat on Windows, sh train.sh elsewhere).",
    },
    "bundle.personal_data": {
        "es": "Contiene recortes de la cara y sus textos: son datos personales. Envíalo solo a quien deba tenerlos.",
        "en": "It contains crops of the face and their captions: personal data. Send it only to those who should have it.",
    },
    "bundle.trial": Error(
        what={
            "es": "El plan del paquete es solo una prueba de {steps} pasos en el procesador.",
            "en": "The bundle's plan is only a test run of {steps} steps on the processor.",
        },
        do={
            "es": "nombra la tarjeta del otro equipo, por ejemplo: [[bundle ID ARCHIVO.zip --gpu rtx4090_24gb]]",
            "en": "name the other computer's card, for example: [[bundle ID FILE.zip --gpu rtx4090_24gb]]",
        },
        one_line=True,
    ),
    "bundle.candidate_done": {
        "es": "Paquete del candidato {candidate} listo y comprobado: {path} ({bytes_mb:.1f} MB, {steps:paso|pasos}).",
        "en": "Bundle of candidate {candidate} ready and checked: {path} ({bytes_mb:.1f} MB, {steps:step|steps}).",
    },
    "bundle.candidate_how": {
        "es": """
            En el otro equipo: descomprímelo y sigue LEEME.txt. Al terminar queda allí result_….zip: tráelo y añádelo con
            [[tune {client} --add ZIP]].
        """,
        "en": """
            On the other computer: unpack it and follow README.txt. At its end result_….zip lies there: bring it back and add it
            with [[tune {client} --add ZIP]].
        """,
    },
    "bundle.candidate_readme": {
        "es": """
            Este paquete entrena un candidato del ajuste automático. En lugar del punto 5: al terminar, el script escribe
            result_….zip junto a él; llévalo al primer equipo y escribe allí: tune {client} --add result_….zip
        """,
        "en": """
            This bundle trains a candidate of the automatic tuning. Instead of point 5: at its end the script writes
            result_….zip beside it; take it to the first computer and type there: tune {client} --add result_….zip
        """,
    },
    "bundle.readme": {
        "es": """
            Entrenar este LoRA en otro equipo

            =================================


            Este paquete contiene imágenes de una persona o de un avatar: borra la copia cuando acabes.


            1. Instala sd-scripts con su entorno (venv): {repository}, revisión {revision}.

            2. Modelo base: {base_model}. Un archivo .safetensors de SDXL o un nombre de Hugging Face, que se descarga.

            3. Windows:      train.bat C:\\sd-scripts C:\\modelos\\sdxl.safetensors
               Linux, macOS: sh train.sh ~/sd-scripts ~/modelos/sdxl.safetensors

            4. El modelo queda en la carpeta output. Palabra de activación: {trigger}. Peso 0,7–1,0.

            5. Para traerlo a casa, copia ese .safetensors al primer equipo y escribe allí: models {client} --add ARCHIVO


            dataset     imágenes y textos; el número de la carpeta dice cuántas veces se repite cada una

            plan.json   todos los valores del entrenamiento


            Si falta memoria: en train.bat o train.sh baja --network_dim a la mitad y añade --fp8_base.

            Si acaba en segundos y sin modelo: el entrenador no vio las imágenes; no muevas el script fuera del paquete.

        """,
        "en": """
            Train this LoRA on another computer

            ===================================


            This bundle contains pictures of a person or of an avatar: delete the copy when you are done.


            1. Install sd-scripts with its environment (venv): {repository}, revision {revision}.

            2. Base model: {base_model}. A .safetensors file of SDXL or a name at Hugging Face, which is downloaded.

            3. Windows:      train.bat C:\\sd-scripts C:\\models\\sdxl.safetensors
               Linux, macOS: sh train.sh ~/sd-scripts ~/models/sdxl.safetensors

            4. The model is written to the folder output. Trigger word: {trigger}. Weight 0.7–1.0.

            5. To bring it home, copy that .safetensors to the first computer and type there: models {client} --add FILE


            dataset     pictures and captions; the number in the folder's name is how often each is repeated

            plan.json   every value of the training


            If it runs out of memory, halve --network_dim in train.bat or train.sh and add --fp8_base.

            If it ends in seconds without a model, the trainer found no pictures: keep the script inside the bundle.

        """,
    },
    "run.stage_done": {"es": "== {stage}", "en": "== {stage}"},
    "run.of_variant": {"es": "{began} ({variant})", "en": "{began} ({variant})"},
    "run.dated": {"es": "{run:dated}", "en": "{run:dated}"},
    "run.working": {"es": "entrenando", "en": "training"},
    "run.done": {"es": "terminado", "en": "finished"},
    "run.short": {"es": "parado a propósito", "en": "stopped on purpose"},
    "run.failed": {"es": "fallido", "en": "failed"},
    "run.open": {"es": "sin terminar", "en": "unfinished"},
    "run.cancelled": {"es": "cancelado", "en": "cancelled"},
    "monitor.title": {"es": "Entrenamientos", "en": "Training runs"},
    "monitor.tuning": {
        "es": "Ajuste automático: se entrena la variante «{candidate:variant}», paso {step} de {total}.",
        "en": "Automatic tuning: the variant '{candidate:variant}' is being trained, step {step} of {total}.",
    },
    "monitor.none": {"es": "Todavía no se ha entrenado.", "en": "Nothing has been trained yet."},
    "monitor.tensorboard": {
        "es": "Curvas en el navegador: [[monitor {client} --tensorboard]].",
        "en": "Curves in the browser: [[monitor {client} --tensorboard]].",
    },
    "model.title": {"es": "Modelos", "en": "Models"},
    "model.none": {"es": "Todavía no hay modelos.", "en": "There are no models yet."},
    "model.ok": {"es": "verificado", "en": "verified"},
    "model.bad": {"es": "dañado", "en": "damaged"},
    "model.where": {
        "es": "Carpeta: {path} (cópialos a models/Lora de A1111/Forge o a models/loras de ComfyUI)",
        "en": "Folder: {path} (copy them to models/Lora of A1111/Forge or models/loras of ComfyUI)",
    },
}
