"""Texts of the room trainer: setup.*, lora.*."""

from __future__ import annotations

from collections.abc import Mapping

from avatar.texts.tables import Entry, Error

TEXTS: Mapping[str, Entry] = {
    "lora.unreadable": Error(
        what={"es": "El archivo del LoRA está dañado.", "en": "The LoRA file is damaged."},
        why={"es": "{path}: {detail}", "en": "{path}: {detail}"},
        do={"es": "entrena de nuevo.", "en": "train again."},
    ),
    "lora.no_unet": {
        "es": "El archivo no es un LoRA de SDXL (tensores: {tensors}, ninguno de la U-Net).",
        "en": "The file is not an SDXL LoRA (tensors: {tensors}, none of the U-Net).",
    },
    "lora.half_modules": {
        "es": "El LoRA está incompleto: falta una de las dos matrices de {n:capa|capas}.",
        "en": "The LoRA is incomplete: {n:layer|layers} with one of the two matrices missing.",
    },
    "lora.text_encoders_there": {
        "es": "El LoRA tiene capas de los codificadores de texto ({n}) y el plan era solo la U-Net.",
        "en": "The LoRA has layers of the text encoders ({n}), and the plan was U-Net only.",
    },
    "lora.text_encoders_missing": {
        "es": "Al LoRA le faltan los codificadores de texto que el plan pedía.",
        "en": "The LoRA lacks the text encoders that the plan asked for.",
    },
    "lora.unknown_type": {
        "es": "El LoRA usa un tipo de número que no se conoce: {types}.",
        "en": "The LoRA uses an unknown number type: {types}.",
    },
    "lora.not_finite": Error(
        what={
            "es": "El LoRA no sirve: contiene valores que no son números (NaN) en {n:tensor|tensores}, p. ej. {name}.",
            "en": "The LoRA is useless: it contains NaN (not a number) in {n:tensor|tensors}, e.g. {name}.",
        },
        do={
            "es": "usa bf16 si tu tarjeta lo tiene, o baja la tasa de aprendizaje.",
            "en": "use bf16 if your card has it, or lower the learning rate.",
        },
    ),
    "lora.nothing_learnt": Error(
        what={
            "es": "El LoRA no ha aprendido nada: todos sus pesos de salida ({n}) son cero.",
            "en": "The LoRA has learnt nothing: all its output weights ({n}) are zero.",
        },
        why={
            "es": "la tasa de aprendizaje es cero o casi, o fp16 no guarda cambios tan pequeños.",
            "en": "the learning rate is zero or nearly so, or fp16 cannot hold changes that small.",
        },
        do={
            "es": """
                configura con una tasa mayor ([[configure ID --set learning_rate=0.0002]]) y, si tu tarjeta lo tiene, con bf16
                ([[configure ID --set mixed_precision=bf16]]); luego entrena de nuevo.
            """,
            "en": """
                configure with a higher rate ([[configure ID --set learning_rate=0.0002]]) and, if your card has it, with bf16
                ([[configure ID --set mixed_precision=bf16]]); then train again.
            """,
        },
    ),
    "lora.other_dim": {
        "es": "El LoRA no tiene la dimensión planeada: {found} en vez de {planned}.",
        "en": "The LoRA does not have the planned dim: {found} instead of {planned}.",
    },
    "lora.other_alpha": {
        "es": "El LoRA no tiene el alpha planeado: {found} en vez de {planned}.",
        "en": "The LoRA does not have the planned alpha: {found} instead of {planned}.",
    },
    "setup.python_good": {"es": "Python {version} de {bits} bits", "en": "Python {version}, {bits} bits"},
    "setup.python_bad": {
        "es": """
            Python {version} de {bits} bits ({path}) no sirve: hace falta 3.10 a 3.13 de 64 bits. Instálalo de python.org
            (Windows: winget install Python.Python.3.12; Linux: el paquete python3 de tu distribución; macOS: brew install
            python@3.12) y vuelve a crear .venv.
        """,
        "en": """
            Python {version}, {bits} bits ({path}) cannot be used: 64-bit Python 3.10 to 3.13 is needed. Install it from
            python.org (Windows: winget install Python.Python.3.12; Linux: your distribution's python3; macOS: brew install
            python@3.12) and create .venv again.
        """,
    },
    "setup.python_new": {
        "es": """
            Python {version} ({path}) es más nuevo que las versiones probadas (3.10 a 3.13): puede que algunos paquetes aún no
            lo admitan.
        """,
        "en": """
            Python {version} ({path}) is newer than the tested versions (3.10 to 3.13): some packages may not support it yet.
        """,
    },
    "setup.packages_good": {"es": "Dependencias instaladas: {n}", "en": "Dependencies installed: {n}"},
    "setup.packages_missing": {
        "es": "Faltan dependencias: {names}. Instálalas con: {command}",
        "en": "Dependencies are missing: {names}. Install them with: {command}",
    },
    "setup.packages_wrong": {
        "es": "Dependencias con una versión distinta de la probada: {names}. Corrígelas con: {command}",
        "en": "Dependencies with another version than the tested one: {names}. Fix them with: {command}",
    },
    "setup.packages_unknown": {
        "es": "No se encuentra {path}: no se sabe qué dependencias faltan.",
        "en": "{path} is missing: the dependencies cannot be checked.",
    },
    "setup.disk_good": {"es": "Disco libre: {free_gb:.0f} GB ({path})", "en": "Free disk: {free_gb:.0f} GB ({path})"},
    "setup.disk_small": {
        "es": """
            Disco libre: {free_gb~advised_gb:.0f} GB en {path}; para entrenar se aconsejan {advised_gb} GB. Libera espacio o usa
            una carpeta de otro disco: [[setup --clients-dir CARPETA]]
        """,
        "en": """
            Free disk: {free_gb~advised_gb:.0f} GB at {path}; {advised_gb} GB are recommended for training. Free some space, or
            use a folder on another disk: [[setup --clients-dir FOLDER]]
        """,
    },
    "setup.disk_full": {
        "es": """
            Disco libre: {free_gb:.1f} GB en {path}; no basta para trabajar. Libera espacio o usa una carpeta de otro disco:
            [[setup --clients-dir CARPETA]]
        """,
        "en": """
            Free disk: {free_gb:.1f} GB at {path}; that is not enough to work. Free some space, or use a folder on another disk:
            [[setup --clients-dir FOLDER]]
        """,
    },
    "setup.memory_good": {"es": "Memoria: {total_gib:.0f} GiB", "en": "Memory: {total_gib:.0f} GiB"},
    "setup.memory_small": {
        "es": """
            Memoria: {total_gib~advised_gib:.0f} GiB; para entrenar SDXL se aconsejan {advised_gib} GiB. Cierra otros programas
            al entrenar o amplía el archivo de paginación.
        """,
        "en": """
            Memory: {total_gib~advised_gib:.0f} GiB; {advised_gib} GiB are recommended for training SDXL. Close other programs
            while training, or enlarge the swap file.
        """,
    },
    "setup.memory_unknown": {
        "es": "No se sabe cuánta memoria hay (falta un paquete, psutil); para entrenar se aconsejan {advised_gib} GiB.",
        "en": """
            The amount of memory is unknown (a package, psutil, is missing); {advised_gib} GiB are recommended for training.
        """,
    },
    "setup.writable": {"es": "Se puede escribir en {path}", "en": "{path} can be written to"},
    "setup.not_writable": {
        "es": """
            No se puede escribir en {path}: {detail}. Cambia los permisos o usa otra carpeta: [[setup --clients-dir CARPETA]]
        """,
        "en": """
            {path} cannot be written to: {detail}. Change its permissions, or use another folder: [[setup --clients-dir FOLDER]]
        """,
    },
    "setup.path_synchronised": {
        "es": """
            {path} se sincroniza con la nube: bloquea archivos a ratos y sube fotos de personas. Mejor una carpeta de este
            equipo: [[setup --clients-dir CARPETA]]
        """,
        "en": """
            {path} is synchronised with a cloud service, which sometimes locks files and uploads people's photos. Better use a
            local folder: [[setup --clients-dir FOLDER]]
        """,
    },
    "setup.path_long": {
        "es": """
            La ruta {path} tiene {n} caracteres; con más de {limit} Windows puede fallar. Usa una más corta: [[setup
            --clients-dir CARPETA]]
        """,
        "en": """
            The path {path} has {n} characters; beyond {limit} Windows may fail. Use a shorter one: [[setup --clients-dir
            FOLDER]]
        """,
    },
    "setup.gpu_found": {
        "es": "GPU: {name}, {total_gib:.1f} GiB, libres {free_gib:.1f} GiB (tarjetas: {n})",
        "en": "GPU: {name}, {total_gib:.1f} GiB, free {free_gib:.1f} GiB (cards: {n})",
    },
    "setup.gpu_shared": {
        "es": "GPU: {name}, sin memoria propia: la del equipo, {total_gib:.1f} GiB, libres {free_gib:.1f} (tarjetas: {n})",
        "en": "GPU: {name}, no memory of its own: the computer's, {total_gib:.1f} GiB, free {free_gib:.1f} (cards: {n})",
    },
    "setup.gpu_none": {
        "es": """
            No se encuentra ninguna GPU NVIDIA: se puede preparar todo, pero no entrenar aquí. Si tienes una, instala su
            controlador: https://www.nvidia.com/drivers (Linux: el paquete nvidia-driver de tu distribución).
        """,
        "en": """
            No NVIDIA GPU was found: everything can be prepared here, but not trained. If you have one, install its driver:
            https://www.nvidia.com/drivers (Linux: your distribution's package nvidia-driver).
        """,
    },
    "setup.git_found": {"es": "git: {path}", "en": "git: {path}"},
    "setup.git_missing": {
        "es": """
            Falta git, con el que se descarga el entrenador. Windows: winget install Git.Git; Linux: sudo apt install git;
            macOS: xcode-select --install
        """,
        "en": """
            git is missing; it downloads the trainer. Windows: winget install Git.Git; Linux: sudo apt install git; macOS:
            xcode-select --install
        """,
    },
    "setup.git_broken": {
        "es": """
            git ({path}), con el que se descarga el entrenador, no funciona: {detail}. Instálalo de nuevo (Windows: winget
            install Git.Git; Linux: sudo apt install git; macOS: xcode-select --install); si está en otro sitio, quita este
            archivo, y abre otra terminal.
        """,
        "en": """
            git ({path}), which downloads the trainer, does not work: {detail}. Install it again (Windows: winget install
            Git.Git; Linux: sudo apt install git; macOS: xcode-select --install); if it lies in another place then, remove
            this file, and open a new terminal.
        """,
    },
    "setup.trainer_found": {
        "es": "Entrenador instalado en {path}, revisión {revision}",
        "en": "Trainer installed in {path}, revision {revision}",
    },
    "setup.trainer_there": {
        "es": "Entrenador instalado en {path}; su carpeta no dice qué revisión es.",
        "en": "Trainer installed in {path}; its folder does not say which revision it is.",
    },
    "setup.trainer_missing": {
        "es": "El entrenador (sd-scripts) no está en {path}. Instálalo con: [[setup --trainer]]",
        "en": "The trainer (sd-scripts) is not in {path}. Install it with: [[setup --trainer]]",
    },
    "setup.trainer_unfinished": {
        "es": "La instalación del entrenador en {path} no está completa. Continúa con: [[setup --trainer]]",
        "en": "The trainer's installation in {path} is not complete. Continue with: [[setup --trainer]]",
    },
    "setup.trainer_other": {
        "es": "El entrenador de {path} es la revisión {revision} y no la probada, {wanted}. Cámbiala con: [[setup --trainer]]",
        "en": "The trainer in {path} is revision {revision}, not the tested one, {wanted}. Change it with: [[setup --trainer]]",
    },
    "setup.step.clone": {"es": "[{n}/{total}] Descargando sd-scripts", "en": "[{n}/{total}] Downloading sd-scripts"},
    "setup.step.environment": {
        "es": "[{n}/{total}] Entorno de Python propio del entrenador",
        "en": "[{n}/{total}] The trainer's own Python environment",
    },
    "setup.step.torch": {
        "es": "[{n}/{total}] PyTorch, solo para el entrenador: choca con TensorFlow (varios GB la primera vez)",
        "en": "[{n}/{total}] PyTorch, for the trainer alone: it clashes with TensorFlow (several GB the first time)",
    },
    "setup.step.requirements": {
        "es": "[{n}/{total}] Dependencias del entrenador",
        "en": "[{n}/{total}] The trainer's requirements",
    },
    "setup.step.verify": {
        "es": "[{n}/{total}] Comprobando: preguntando al entrenador por sus opciones",
        "en": "[{n}/{total}] Verifying: reading the trainer's options",
    },
    "setup.foreign_folder": Error(
        what={"es": "No se instala nada en {path}.", "en": "Nothing is installed in {path}."},
        why={
            "es": "contiene otra cosa, y no se borra ni se mezcla nada ajeno.",
            "en": "it contains something else, and files that are not the trainer's are neither deleted nor mixed in.",
        },
        do={
            "es": "mueve esa carpeta, o di otra: [[settings trainer.folder CARPETA]]",
            "en": "move that folder away, or name another: [[settings trainer.folder FOLDER]]",
        },
    ),
    "setup.bad_source": Error(
        what={
            "es": "«{value}» no sirve como dirección o revisión del entrenador.",
            "en": "'{value}' cannot be the trainer's address or revision.",
        },
        why={
            "es": "está vacía, empieza por «-» o contiene caracteres invisibles.",
            "en": "it is empty, begins with '-', or contains invisible characters.",
        },
        do={
            "es": "corrige la dirección y la revisión del comando o de los ajustes: [[settings trainer]]",
            "en": "correct the address and the revision of the command or of the settings: [[settings trainer]]",
        },
    ),
    "setup.no_zip": Error(
        what={"es": "No se encuentra el zip del entrenador.", "en": "The trainer's zip is not there."},
        why={"es": "no existe {path}.", "en": "{path} does not exist."},
        do={
            "es": "corrige la dirección del comando, o el ajuste: [[settings trainer.repository]]",
            "en": "correct the address of the command, or the setting: [[settings trainer.repository]]",
        },
    ),
    "setup.bad_zip": Error(
        what={"es": "{path} no sirve como entrenador.", "en": "{path} cannot serve as the trainer."},
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": "descárgalo otra vez de GitHub (Code, Download ZIP) y repite.",
            "en": "download it again from GitHub (Code, Download ZIP), and repeat.",
        },
    ),
    "setup.no_git": Error(
        what={"es": "No se puede ejecutar git.", "en": "git cannot be run."},
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": """
                instálalo (Windows: winget install Git.Git; Linux: sudo apt install git; macOS: xcode-select --install), abre
                otra terminal y repite.
            """,
            "en": """
                install it (Windows: winget install Git.Git; Linux: sudo apt install git; macOS: xcode-select --install), open a
                new terminal and repeat.
            """,
        },
    ),
    "setup.no_revision": Error(
        what={"es": "El entrenador no tiene la revisión {revision}.", "en": "The trainer has no revision {revision}."},
        why={"es": "no está en {repository}.", "en": "it is not in {repository}."},
        do={
            "es": "revisa la revisión, o déjala sin indicar para usar la probada.",
            "en": "check the revision, or leave it out to use the tested one.",
        },
    ),
    "setup.no_script": Error(
        what={"es": "En {repository} no está {script}.", "en": "{repository} has no {script}."},
        why={"es": "no es sd-scripts, o es una revisión muy antigua.", "en": "it is not sd-scripts, or a very old revision."},
        do={
            "es": "revisa la dirección y la revisión, y borra la carpeta del entrenador si venía de otra dirección.",
            "en": "check the address and the revision, and delete the trainer's folder if it came from another address.",
        },
    ),
    "setup.no_space": Error(
        what={"es": "No hay sitio para el entrenador en {path}.", "en": "There is not enough space for the trainer in {path}."},
        why={
            "es": "quedan {free_gb~needed_gb:.1f} GB y hacen falta unos {needed_gb~free_gb:.0f} GB.",
            "en": "{free_gb~needed_gb:.1f} GB are left and about {needed_gb~free_gb:.0f} GB needed.",
        },
        do={
            "es": "libera espacio, o di otra carpeta, [[settings trainer.folder CARPETA]], y repite.",
            "en": "free some space, or name another folder, [[settings trainer.folder FOLDER]], and repeat.",
        },
    ),
    "setup.step_failed": Error(
        what={
            "es": "La instalación del entrenador se detuvo en el paso «{step}».",
            "en": "The trainer's installation stopped at the step '{step}'.",
        },
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": """
                comprueba la conexión y el disco (en Debian y Ubuntu, también el paquete python3-venv) y repite: sigue donde se
                quedó. Registro: {log}
            """,
            "en": """
                check the connection and the disk (on Debian and Ubuntu the package python3-venv too) and repeat: it continues
                where it stopped. Log: {log}
            """,
        },
    ),
    "setup.running": Error(
        what={"es": "Otra instalación trabaja en {path}.", "en": "Another installation is at work in {path}."},
        do={"es": "espera a que termine, o ciérrala.", "en": "wait for its end, or close it."},
    ),
    "setup.trainer_at_work": Error(
        what={
            "es": "Un entrenamiento usa {path} (proceso {pid}).",
            "en": "A training uses {path} (process {pid}).",
        },
        why={
            "es": "cambiar sus paquetes mientras tanto lo estropearía.",
            "en": "changing its packages meanwhile would break it.",
        },
        do={"es": "espera a que termine, o detenlo.", "en": "wait for its end, or stop it."},
    ),
    "setup.note.ended": {
        "es": "Una instalación anterior dejó {n:proceso|procesos} en marcha (p. ej. {pid}); se ha terminado.",
        "en": "An earlier installation had left {n:process|processes} at work (e.g. {pid}); that is ended.",
    },
    "setup.failed.repository": Error(
        what={"es": "El repositorio local de {path} está dañado.", "en": "The local repository in {path} is damaged."},
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": "borra la carpeta .git que hay dentro y repite: se descarga otra vez; lo instalado se queda.",
            "en": "delete the folder .git inside and repeat: it is fetched again; what is installed stays.",
        },
    ),
    "setup.failed.torch_index": Error(
        what={"es": "No se ha podido obtener PyTorch de {index}.", "en": "PyTorch could not be fetched from {index}."},
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": """
                comprueba la red y el proxy y repite; donde ese índice está vedado, di otro:
                [[settings trainer.torch_index DIRECCIÓN]], o [[settings trainer.torch_index pip]], el que usa pip.
            """,
            "en": """
                check the network and the proxy and repeat; where that index is barred, name another:
                [[settings trainer.torch_index ADDRESS]], or [[settings trainer.torch_index pip]], the one pip is set to.
            """,
        },
    ),
    "setup.failed.space": Error(
        what={
            "es": "La instalación del entrenador se detuvo en el paso «{step}»: no queda sitio en el disco.",
            "en": "The trainer's installation stopped at the step '{step}': the disk is full.",
        },
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": "libera espacio, también en el disco del sistema, donde se desempaqueta, y repite. Registro: {log}",
            "en": "free some space, also on the system disk, where packages are unpacked, and repeat. Log: {log}",
        },
    ),
    "setup.failed.long_path": Error(
        what={
            "es": "La instalación del entrenador se detuvo en el paso «{step}»: una ruta es demasiado larga para Windows.",
            "en": "The trainer's installation stopped at the step '{step}': a path is too long for Windows.",
        },
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": """
                lleva el programa a una carpeta corta, como C:\\avatar, o activa las rutas largas
                (https://pip.pypa.io/warnings/enable-long-paths), y repite. Registro: {log}
            """,
            "en": """
                move the program to a short folder such as C:\\avatar, or enable long paths
                (https://pip.pypa.io/warnings/enable-long-paths), and repeat. Log: {log}
            """,
        },
    ),
    "setup.failed.ownership": Error(
        what={
            "es": """
                La instalación del entrenador se detuvo en el paso «{step}»: git no se fía de la carpeta, porque es de otro
                usuario o está en un disco externo.
            """,
            "en": """
                The trainer's installation stopped at the step '{step}': git does not trust the folder, because it belongs to
                another user or is on an external disk.
            """,
        },
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": """
                ejecuta git config --global --add safe.directory "{path}" (en Windows con / en lugar de \\) y repite, o lleva el
                programa a una carpeta tuya. Registro: {log}
            """,
            "en": """
                run git config --global --add safe.directory "{path}" (on Windows with / in place of \\) and repeat, or move the
                program to a folder of your own. Log: {log}
            """,
        },
    ),
    "setup.failed.changes": Error(
        what={
            "es": """
                La instalación del entrenador se detuvo en el paso «{step}»: hay cambios tuyos en sus archivos y no se
                sobrescriben.
            """,
            "en": """
                The trainer's installation stopped at the step '{step}': its files contain changes of yours, which are not
                overwritten.
            """,
        },
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": "deshaz esos cambios, o mueve la carpeta {path}, y repite. Registro: {log}",
            "en": "revert those changes, or move the folder {path} away, and repeat. Log: {log}",
        },
    ),
    "setup.failed.locked": Error(
        what={
            "es": "La instalación del entrenador se detuvo en el paso «{step}»: un archivo está bloqueado.",
            "en": "The trainer's installation stopped at the step '{step}': a file is locked.",
        },
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": """
                cierra los programas que usen el entrenador (un entrenamiento, TensorBoard), excluye la carpeta {path} en el
                antivirus y repite; en Windows, mejor fuera de OneDrive y de Archivos de programa. Registro: {log}
            """,
            "en": """
                close the programs that use the trainer (a training, TensorBoard), exclude the folder {path} from the antivirus
                and repeat; on Windows, better outside OneDrive and Program Files. Log: {log}
            """,
        },
    ),
    "setup.failed.venv": Error(
        what={
            "es": "La instalación del entrenador se detuvo en el paso «{step}»: este Python no puede crear un entorno.",
            "en": "The trainer's installation stopped at the step '{step}': this Python cannot make an environment.",
        },
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": """
                en Debian y Ubuntu, sudo apt install python3-venv; en Windows, instala Python 3.11 de python.org (no el de
                Microsoft Store); y repite. Registro: {log}
            """,
            "en": """
                on Debian and Ubuntu sudo apt install python3-venv; on Windows install Python 3.11 from python.org (not the one
                of the Microsoft Store); and repeat. Log: {log}
            """,
        },
    ),
    "setup.failed.proxy": Error(
        what={
            "es": """
                La instalación del entrenador se detuvo en el paso «{step}»: algo entre este equipo e internet no deja
                descargar.
            """,
            "en": """
                The trainer's installation stopped at the step '{step}': something between this computer and the internet
                prevents the download.
            """,
        },
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": """
                con un proxy, define HTTPS_PROXY=http://SERVIDOR:PUERTO, o http://USUARIO:CLAVE@SERVIDOR:PUERTO si responde 407;
                comprueba la fecha y la hora; quita en el antivirus la inspección de HTTPS mientras se instala; o usa otra red.
                Repite: sigue donde se quedó. Registro: {log}
            """,
            "en": """
                with a proxy, set HTTPS_PROXY=http://SERVER:PORT, or http://USER:PASSWORD@SERVER:PORT where it answers 407;
                check date and time; turn off the antivirus's HTTPS scanning during the installation; or use another network.
                Repeat: it continues where it stopped. Log: {log}
            """,
        },
    ),
    "setup.failed.network": Error(
        what={
            "es": "La instalación del entrenador se detuvo en el paso «{step}»: no hay conexión, o se cortó.",
            "en": "The trainer's installation stopped at the step '{step}': there is no connection, or it was interrupted.",
        },
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": "comprueba la conexión y repite: sigue donde se quedó. Registro: {log}",
            "en": "check the connection and repeat: it continues where it stopped. Log: {log}",
        },
    ),
    "setup.failed.python": Error(
        what={
            "es": "La instalación del entrenador se detuvo en el paso «{step}»: un paquete no existe para este Python.",
            "en": "The trainer's installation stopped at the step '{step}': a package does not exist for this Python.",
        },
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": """
                instala Python 3.11 de 64 bits de python.org, borra la carpeta venv de {path} y repite con él. Registro: {log}
            """,
            "en": """
                install the 64-bit Python 3.11 from python.org, delete the folder venv in {path} and repeat with it. Log: {log}
            """,
        },
    ),
    "setup.not_verified": Error(
        what={
            "es": "El entrenador está instalado, pero no responde como debe.",
            "en": "The trainer is installed, but does not respond as expected.",
        },
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": """
                repite la instalación; si sigue igual, borra la carpeta venv del entrenador y repite. Intérprete: {python}.
                Registro: {log}
            """,
            "en": """
                repeat the installation; if that does not help, delete the trainer's folder venv and repeat. Interpreter:
                {python}. Log: {log}
            """,
        },
    ),
    "setup.note.python_untested": {
        "es": "El entrenador se probó con Python 3.10 a 3.12 y aquí solo hay {version}: puede fallar.",
        "en": "The trainer was tested with Python 3.10 to 3.12, but only {version} is available here: it may fail.",
    },
    "setup.note.old_driver": {
        "es": "El controlador de {name} es antiguo (CUDA {cuda}): se instaló PyTorch sin soporte de GPU. Actualízalo y repite.",
        "en": "The driver of {name} is old (CUDA {cuda}): PyTorch was installed without GPU support. Update it and repeat.",
    },
    "setup.note.no_cuda": {
        "es": "PyTorch no ve la GPU {name}: el entrenamiento no funcionaría. Actualiza el controlador y repite.",
        "en": "PyTorch does not see the GPU {name}: training would not work. Update the driver and repeat.",
    },
    "setup.check_title": {"es": "Comprobación del equipo", "en": "Check of this computer"},
    "setup.folder_made": {"es": "Carpeta creada: {path}", "en": "Folder created: {path}"},
    "setup.weights_good": {
        "es": "Comparar caras: SFace (Apache-2.0) y YuNet (MIT), de opencv_zoo, en el paquete {package} (MIT).",
        "en": "Comparing faces: SFace (Apache-2.0) and YuNet (MIT), of opencv_zoo, in the package {package} (MIT).",
    },
    "setup.weights_missing": {
        "es": "Las caras no se comparan: falta {package}. Nadie avisa entonces si una imagen es de otra persona.",
        "en": "Faces are not compared: {package} is missing. Then nothing is said where a picture shows somebody else.",
    },
    "setup.weights_wrong": {
        "es": "Las caras no se comparan: {path} está dañado o es de otra versión de {package}. {command}",
        "en": "Faces are not compared: {path} is damaged or of another version of {package}. {command}",
    },
    "setup.verdict.ready": {"es": "Todo está listo.", "en": "Everything is ready."},
    "setup.verdict.attention": {"es": "Se puede trabajar; mira las advertencias.", "en": "You can work; see the warnings."},
    "setup.verdict.blocked": {"es": "Falta algo imprescindible.", "en": "Something required is missing."},
    "setup.blocked_error": Error(
        what={"es": "El programa no puede trabajar todavía.", "en": "The program cannot work yet."},
        do={
            "es": "resuelve los puntos bloqueados de la tabla y repite.",
            "en": "fix the blocked points in the table and repeat.",
        },
    ),
}
