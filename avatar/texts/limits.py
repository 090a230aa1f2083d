"""Texts of the quality limits: limits.*."""

from __future__ import annotations

from collections.abc import Mapping

from avatar.texts.tables import Entry, Error

TEXTS: Mapping[str, Entry] = {
    "limits.title": {"es": "Límites de calidad", "en": "Quality limits"},
    "limits.names": {"es": "Cómo se escriben en el comando", "en": "As they are typed in the command"},
    "limits.col.key": {"es": "clave", "en": "key"},
    "limits.col.limit": {"es": "límite", "en": "limit"},
    "limits.col.value": {"es": "valor", "en": "value"},
    "limits.col.origin": {"es": "de dónde viene", "en": "where it comes from"},
    "limits.value": {"es": "{value}", "en": "{value}"},
    "limits.origin.client": {"es": "de este cliente", "en": "this client's own"},
    "limits.origin.project": {"es": "para todos", "en": "for all"},
    "limits.origin.default": {"es": "de fábrica", "en": "the default"},
    "limits.name.blur_threshold": {"es": "Nitidez mínima", "en": "Least sharpness"},
    "limits.name.min_brightness": {"es": "Brillo mínimo", "en": "Least brightness"},
    "limits.name.max_brightness": {"es": "Brillo máximo", "en": "Most brightness"},
    "limits.name.min_contrast": {"es": "Contraste mínimo", "en": "Least contrast"},
    "limits.name.min_face_side_px": {"es": "Tamaño mínimo de la cara", "en": "Least size of the face"},
    "limits.name.max_noise_sigma": {"es": "Ruido máximo", "en": "Most noise"},
    "limits.name.refuse_enlargement": {"es": "Ampliación máxima", "en": "Most enlargement"},
    "limits.name.face_confidence_threshold": {"es": "Seguridad mínima de que es una cara", "en": "Least certainty of a face"},
    "limits.kept": {
        "es": "Límites guardados y todo juzgado otra vez. Aprobadas: {approved}. Rechazadas: {refused}.",
        "en": "Limits kept, and everything judged again. Approved: {approved}. Refused: {refused}.",
    },
    "limits.would_change": {
        "es": "Medidas: {total}. Pasarían a aprobadas: {approved}; a rechazadas: {refused}. No se ha guardado nada.",
        "en": "Measured: {total}. Newly approved: {approved}; newly refused: {refused}. Nothing was saved.",
    },
    "limits.by_you": {
        "es": "Lo que tú decidiste se queda como está, aunque estos límites dirían otra cosa: {n:imagen|imágenes}.",
        "en": "What you decided stays, though these limits would say otherwise: {n:picture|pictures}.",
    },
    "limits.nothing_to_preview": Error(
        what={"es": "No hay nada que probar.", "en": "There is nothing to preview."},
        do={
            "es": "di un límite y su valor, por ejemplo: [[limits ID --set blur_threshold=80 --preview]]",
            "en": "name a limit and its value, for example: [[limits ID --set blur_threshold=80 --preview]]",
        },
    ),
    "limits.unknown": Error(
        what={"es": "No hay ningún límite que se llame {name}.", "en": "There is no limit called {name}."},
        do={"es": "quizá querías decir {near}. Hay estos: {names}", "en": "perhaps you meant {near}. There are: {names}"},
    ),
    "limits.not_key_value": Error(
        what={"es": "«{text}» no es un límite con su valor.", "en": "'{text}' is no limit with its value."},
        do={
            "es": "escríbelo así: blur_threshold=80; con un guion, blur_threshold=-, vuelve el del proyecto.",
            "en": "write it like blur_threshold=80; with a hyphen, blur_threshold=-, the project's holds again.",
        },
    ),
}
