"""Texts of the captions page: web.captions.*."""

from __future__ import annotations

from collections.abc import Mapping

from avatar.texts.tables import Entry, Error

TEXTS: Mapping[str, Entry] = {
    "web.captions.title": {"es": "Textos", "en": "Captions"},
    "web.captions.intro": {
        "es": """
            Lo que se lee junto a cada imagen al entrenar. Lo que dice el texto varía; lo que calla se aprende con la palabra
            de activación.
        """,
        "en": """
            What is read beside each picture in training. What the caption says may vary; what it does not say is learnt with
            the trigger word.
        """,
    },
    "web.captions.loading": {"es": "Cargando los textos…", "en": "Loading the captions…"},
    "web.captions.fill": {"es": "Qué toca ahora: [[status ID]]", "en": "What is next: [[status ID]]"},
    "web.captions.counts": {
        "es": "Imágenes: {total} · tuyos: {mine} · límite: {limit} tokens",
        "en": "Pictures: {total} · yours: {mine} · limit: {limit} tokens",
    },
    "web.captions.shown": {"es": "Se muestran {n} de {total}", "en": "Showing {n} of {total}"},
    "web.captions.search": {"es": "Buscar en textos y nombres", "en": "Search captions and names"},
    "web.captions.filter": {"es": "Mostrar", "en": "Show"},
    "web.captions.filter.all": {"es": "Todos", "en": "All"},
    "web.captions.filter.rules": {"es": "De las reglas", "en": "By the rules"},
    "web.captions.filter.user": {"es": "Tuyos", "en": "Yours"},
    "web.captions.filter.no_prompt": {"es": "Sin prompt", "en": "Without a prompt"},
    "web.captions.filter.problem": {"es": "Con avisos", "en": "With a warning"},
    "web.captions.order": {"es": "Orden", "en": "Order"},
    "web.captions.order.number": {"es": "Por número", "en": "By number"},
    "web.captions.order.doubt": {"es": "Lo menos seguro primero", "en": "Least certain first"},
    "web.captions.nothing": {"es": "Ningún texto coincide con el filtro.", "en": "No caption matches the filter."},
    "web.captions.list": {"es": "Imágenes con su texto", "en": "Pictures with their captions"},
    "web.captions.by.user": {"es": "tuyo", "en": "yours"},
    "web.captions.left_out": {"es": "fuera del entrenamiento", "en": "left out of training"},
    "web.captions.no_prompt": {"es": "sin prompt", "en": "no prompt"},
    "web.captions.tokens": {"es": "{n} de {limit} tokens", "en": "{n} of {limit} tokens"},
    "web.captions.long": {
        "es": "Puede llegar a {n:token|tokens}; el entrenador lee {limit} y deja fuera el final.",
        "en": "It may reach {n:token|tokens}; the trainer reads {limit} and leaves out the end.",
    },
    "web.captions.doubtful": {"es": "dudoso", "en": "doubtful"},
    # --- one picture -------------------------------------------------------------------------------------------------
    "web.captions.edit": {
        "es": "Editar el texto de la imagen {number}: {text}",
        "en": "Edit the caption of picture {number}: {text}",
    },
    "web.captions.editing": {
        "es": "Texto de la imagen {number}. Enter guarda, Esc cancela.",
        "en": "Caption of picture {number}. Enter saves, Esc cancels.",
    },
    "web.captions.keys": {"es": "Enter guarda · Esc cancela", "en": "Enter saves · Esc cancels"},
    "web.captions.save": {"es": "Guardar", "en": "Save"},
    "web.captions.cancel": {"es": "Cancelar", "en": "Cancel"},
    "web.captions.saved": {"es": "Guardado el texto de la imagen {number}.", "en": "Caption of picture {number} saved."},
    "web.captions.details": {"es": "Detalles", "en": "Details"},
    "web.captions.details_of": {"es": "Detalles de la imagen {number}", "en": "Details of picture {number}"},
    "web.captions.close": {"es": "Cerrar", "en": "Close"},
    "web.captions.pick": {
        "es": "Elige una imagen para ver de dónde sale su texto.",
        "en": "Choose a picture to see where its caption comes from.",
    },
    "web.captions.used": {"es": "Lo que dice", "en": "What it says"},
    "web.captions.unused": {"es": "Lo que calla, y por qué", "en": "What it leaves out, and why"},
    "web.captions.prompt": {"es": "El prompt entero", "en": "The whole prompt"},
    "web.captions.all_used": {"es": "Nada del prompt queda fuera.", "en": "Nothing of the prompt is left out."},
    "web.captions.own": {
        "es": "Lo has escrito tú: las reglas no lo tocan.",
        "en": "You wrote it: the rules leave it alone.",
    },
    "web.captions.by_rules": {"es": "Lo que dirían las reglas", "en": "What the rules would say"},
    "web.captions.photo": {
        "es": "Esta imagen no tiene prompt: mírala y di lo que se ve (ropa, lugar, luz, postura).",
        "en": "This picture has no prompt: look at it and say what is seen (clothes, place, light, pose).",
    },
    "web.captions.suggested": {"es": "Sugerencia ({captioner})", "en": "Suggestion ({captioner})"},
    "web.captions.captioner.tags": {"es": "etiquetas", "en": "tags"},
    "web.captions.captioner.sentences": {"es": "frase", "en": "sentence"},
    "web.captions.captioner.server": {"es": "modelo de visión", "en": "vision model"},
    "web.captions.add_this": {"es": "Añadir «{phrase}» al texto", "en": "Add '{phrase}' to the caption"},
    "web.captions.nothing_new": {
        "es": "No añade nada que el texto no diga.",
        "en": "It adds nothing that the caption does not say.",
    },
    "web.captions.kind.medium": {"es": "técnica", "en": "medium"},
    "web.captions.kind.framing": {"es": "encuadre", "en": "framing"},
    "web.captions.kind.view": {"es": "vista", "en": "view"},
    "web.captions.kind.angle": {"es": "ángulo", "en": "angle"},
    "web.captions.kind.pose": {"es": "postura", "en": "pose"},
    "web.captions.kind.gaze": {"es": "mirada", "en": "gaze"},
    "web.captions.kind.expression": {"es": "expresión", "en": "expression"},
    "web.captions.kind.clothing": {"es": "ropa", "en": "clothing"},
    "web.captions.kind.object": {"es": "objeto", "en": "object"},
    "web.captions.kind.place": {"es": "lugar", "en": "place"},
    "web.captions.kind.weather": {"es": "tiempo", "en": "weather"},
    "web.captions.kind.light": {"es": "luz", "en": "light"},
    "web.captions.kind.identity": {"es": "persona", "en": "person"},
    "web.captions.kind.own": {"es": "tu plantilla", "en": "your template"},
    "web.captions.why.identity": {
        "es": "es de la persona: lo aprende la palabra de activación",
        "en": "it is the person: the trigger word learns it",
    },
    "web.captions.why.denied": {"es": "el prompt pide que no salga", "en": "the prompt asks not to show it"},
    "web.captions.why.booster": {"es": "pide calidad y no se ve", "en": "asks for quality and shows nothing"},
    "web.captions.why.camera": {"es": "cámara u objetivo", "en": "camera or lens"},
    "web.captions.why.artist": {"es": "un artista o un estilo ajeno", "en": "an artist or somebody's style"},
    "web.captions.why.instruction": {"es": "una orden a la máquina", "en": "an order to the machine"},
    "web.captions.why.not_translated": {"es": "sin traducción conocida", "en": "no translation known"},
    "web.captions.why.below_the_crop": {"es": "el recorte no lo muestra", "en": "the crop does not show it"},
    "web.captions.why.not_in_template": {"es": "la plantilla no lo pide", "en": "the template does not ask for it"},
    "web.captions.why.no_room": {"es": "no cabe en los tokens", "en": "no room within the tokens"},
    "web.captions.why.said_already": {"es": "ya lo dice otra parte", "en": "another part says it"},
    "web.captions.why.mood": {
        "es": "ambiente o colores de toda la imagen",
        "en": "mood or colours of the whole picture",
    },
    "web.captions.why.framing": {"es": "el encuadre lo decide el recorte", "en": "the crop decides how much is seen"},
    "web.captions.why.not_understood": {"es": "no se ha entendido", "en": "not understood"},
    # --- many at once ------------------------------------------------------------------------------------------------
    "web.captions.many": {"es": "Cambiar muchos…", "en": "Change many…"},
    "web.captions.many_title": {"es": "Cambiar muchos textos a la vez", "en": "Change many captions at once"},
    "web.captions.many.replace": {"es": "Buscar y reemplazar", "en": "Search and replace"},
    "web.captions.many.add": {"es": "Añadir al final", "en": "Add at the end"},
    "web.captions.many.remove": {"es": "Quitar una parte", "en": "Remove a phrase"},
    "web.captions.many.suggested": {"es": "Sugerencias", "en": "Suggestions"},
    "web.captions.many.renew": {"es": "Activación y clase", "en": "Trigger and class"},
    "web.captions.renew_what": {
        "es": "Tus textos que aún empiezan por las palabras de antes pasan a empezar por la activación y la clase de ahora.",
        "en": "Captions of yours that still begin with the words of before begin with the trigger and class word of now.",
    },
    "web.captions.old": {"es": "Buscar (distingue mayúsculas)", "en": "Search for (case matters)"},
    "web.captions.new": {"es": "Poner en su lugar", "en": "Put in its place"},
    "web.captions.phrase": {"es": "Texto, o varios separados por comas", "en": "Phrase, or several with commas between"},
    "web.captions.which": {"es": "De qué sugerencias", "en": "From which suggestions"},
    "web.captions.no_kind": Error(
        what={"es": "No hay ningún cambio «{kind}».", "en": "There is no change '{kind}'."},
        do={"es": "recarga la página.", "en": "load the page again."},
    ),
    "web.captions.preview": {"es": "Vista previa", "en": "Preview"},
    "web.captions.type_first": {
        "es": "Escribe y verás aquí cada cambio antes de hacerlo.",
        "en": "Type, and every change is shown here before it is made.",
    },
    "web.captions.would_change": {
        "es": "Textos que cambiarían: {n} de {total}",
        "en": "Captions that would change: {n} of {total}",
    },
    "web.captions.would_not": {"es": "No cambiaría ningún texto.", "en": "No caption would change."},
    "web.captions.more": {"es": "… y {n} más.", "en": "… and {n} more."},
    "web.captions.apply": {"es": "Sí, hacer los cambios ({n})", "en": "Yes, make the changes ({n})"},
    "web.captions.apply_none": {"es": "Cambiar", "en": "Change"},
    "web.captions.applied": {"es": "Textos cambiados: {n}.", "en": "Captions changed: {n}."},
    "web.captions.removed_part": {"es": "quitado:", "en": "removed:"},
    "web.captions.added_part": {"es": "añadido:", "en": "added:"},
    "web.captions.undo": {"es": "Deshacer el último cambio ({n})", "en": "Undo the last change ({n})"},
    "web.captions.undo_none": {"es": "Nada que deshacer", "en": "Nothing to undo"},
}
