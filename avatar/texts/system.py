"""Texts of the room system: system.*."""

from __future__ import annotations

from collections.abc import Mapping

from avatar.texts.tables import Entry, Error

_DO = {
    "raise_limit": {
        "es": """
            cierra otros programas y repite en un terminal nuevo; lo ya terminado se conserva. Si el límite es de tu usuario
            o del contenedor, quien lo puso tiene que subirlo a 256 o más.
        """,
        "en": """
            close other programs and repeat in a new terminal; what was finished is kept. If the limit is that of your user
            or of a container, who has set it must raise it to 256 or more.
        """,
    },
}

TEXTS: Mapping[str, Entry] = {
    "system.disk_full": Error(
        what={"es": "No queda espacio en disco.", "en": "The disk is full."},
        why={"es": "{detail} ({path})", "en": "{detail} ({path})"},
        do={
            "es": "libera espacio y repite; lo ya terminado se conserva.",
            "en": "free some space and repeat; what was finished is kept.",
        },
    ),
    "system.unnamed_file": {"es": "archivo no indicado", "en": "file not named"},
    "system.packages_missing": Error(
        what={
            "es": "Faltan paquetes de Python, o están dañados: {names}.",
            "en": "Python packages are missing or damaged: {names}.",
        },
        why={
            "es": "este Python no los puede cargar: {python}",
            "en": "this Python cannot load them: {python}",
        },
        do={
            "es": """
                empieza el programa con su lanzador, que instala lo que falta:

                    {again}

                O instálalos en este Python, y repite:

                    {install}
            """,
            "en": """
                start the program with its launcher, which installs what is missing:

                    {again}

                Or install them into this Python, and repeat:

                    {install}
            """,
        },
    ),
    "system.error": Error(
        what={"es": "El sistema no ha permitido una operación.", "en": "The system refused an operation."},
        why={"es": "{detail} ({path})", "en": "{detail} ({path})"},
        do={
            "es": """
                comprueba que el archivo existe, que ningún otro programa lo tiene abierto (visor, Excel, OneDrive) y que tienes
                permiso para escribir ahí; luego repite. Otra carpeta de clientes se elige así: [[setup --clients-dir CARPETA]]
            """,
            "en": """
                check that the file exists, that no other program has it open (viewer, Excel, OneDrive) and that you may write
                there; then repeat. Another clients' folder is chosen like this: [[setup --clients-dir FOLDER]]
            """,
        },
    ),
    "system.few_files": Error(
        what={"es": "El sistema no deja abrir más archivos a la vez.", "en": "The system lets no more files be open at once."},
        why={
            "es": "este programa, o todos juntos, ya tienen abiertos tantos como se permite.",
            "en": "this program, or all together, have as many open as is allowed.",
        },
        do=_DO["raise_limit"],
    ),
    "system.few_threads": Error(
        what={
            "es": "El sistema no deja empezar más procesos ni hilos.",
            "en": "The system lets no more processes and threads start.",
        },
        why={
            "es": "este usuario, o este contenedor, ya tiene tantos como se permite.",
            "en": "this user, or this container, has as many as is allowed.",
        },
        do=_DO["raise_limit"],
    ),
    "system.no_memory": Error(
        what={"es": "No queda memoria.", "en": "No memory is left."},
        why={"es": "hay otros programas abiertos que la ocupan.", "en": "other programs hold it."},
        do={
            "es": "ciérralos y repite; lo ya terminado se conserva.",
            "en": "close them and repeat; what was finished is kept.",
        },
    ),
    "cluster.not_installed": Error(
        what={"es": "No se puede repartir el trabajo con {backend}.", "en": "The work cannot be distributed with {backend}."},
        why={"es": "no está instalado.", "en": "it is not installed."},
        do={
            "es": "{command}\nSin repartirlo, todo se hace en este equipo.",
            "en": "{command}\nIf it is not distributed, everything runs on this machine.",
        },
    ),
    "cluster.no_scheduler": Error(
        what={"es": "No se alcanza el coordinador {address}.", "en": "The scheduler {address} cannot be reached."},
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": "arráncalo (dask scheduler), da su dirección con --scheduler tcp://EQUIPO:8786 y revisa el cortafuegos.",
            "en": "start it (dask scheduler), give its address by --scheduler tcp://MACHINE:8786, and check the firewall.",
        },
    ),
    "cluster.other_server": {
        "es": "lo que responde allí no es un coordinador de Dask",
        "en": "what answers there is no Dask scheduler",
    },
    "cluster.no_machines": Error(
        what={"es": "El coordinador {address} no tiene procesos de trabajo.", "en": "The scheduler {address} has no workers."},
        why={"es": "ninguno se ha unido a él.", "en": "none has connected to it."},
        do={
            "es": "en cada equipo, con el mismo Python y los mismos paquetes: dask worker {address}",
            "en": "on each machine, with the same Python and packages: dask worker {address}",
        },
    ),
    "cluster.not_shared": Error(
        what={"es": "Otros equipos no ven los archivos: {machines}", "en": "Other machines do not see the files: {machines}"},
        why={"es": "allí no existe {path}.", "en": "{path} does not exist there."},
        do={
            "es": "comparte la carpeta del programa y la del cliente, con la misma ruta en todos los equipos.",
            "en": "share the program's and the client's folder, under the same path on all machines.",
        },
    ),
    "cluster.no_card": Error(
        what={
            "es": "Ningún equipo de {address} tiene una tarjeta para este plan ({profile}).",
            "en": "No machine of {address} has a card for this plan ({profile}).",
        },
        do={
            "es": "une al coordinador un equipo con esa tarjeta, o repite sin --scheduler.",
            "en": "connect a machine with that card to the scheduler, or repeat without --scheduler.",
        },
    ),
    "cluster.machine_gone": Error(
        what={
            "es": "El equipo {machine} se fue mientras entrenaba el candidato {candidate}.",
            "en": "The machine {machine} left while it trained candidate {candidate}.",
        },
        why={"es": "se apagó, o su proceso de trabajo terminó.", "en": "it was switched off, or its worker ended."},
        do={
            "es": "arráncalo y repite: se sigue desde el último estado guardado.",
            "en": "start it again and repeat: it goes on from the last saved state.",
        },
    ),
}
