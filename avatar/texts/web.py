"""Texts of the dashboard: what all its pages say."""

from __future__ import annotations

from collections.abc import Mapping

from avatar.texts.tables import Entry, Error

TEXTS: Mapping[str, Entry] = {
    # --- on the terminal
    "web.started": {
        "es": "El tablero está en marcha. Ábrelo en el navegador:",
        "en": "The dashboard is up. Open it in the browser:",
    },
    "web.found": {"es": "El tablero ya estaba en marcha:", "en": "The dashboard is already running:"},
    "web.until_ctrl_c": {
        "es": "Funciona hasta que pulses Ctrl+C, o hasta [[dashboard --stop]] en otra ventana. Cerrarlo no detiene nada más.",
        "en": "It runs until you press Ctrl+C, or until [[dashboard --stop]] in another window. Closing it stops nothing else.",
    },
    "web.ends_with": {
        "es": "Se cierra cuando termine este programa. Solo se puede abrir desde este equipo.",
        "en": "It ends with this program. Only this computer can open it.",
    },
    "web.ends_with_other": {
        "es": "Lo lleva otra ventana (proceso {pid}) y se cierra con ella; luego [[dashboard]] lo abre en la misma dirección.",
        "en": "Another window has it (process {pid}), with which it ends; [[dashboard]] then opens it at the same address.",
    },
    "web.choice.open": {"es": "Abrirlo", "en": "Open it"},
    "web.choice.stop": {"es": "Cerrarlo", "en": "End it"},
    "web.stop_it": {"es": "Para cerrarlo: [[dashboard --stop]]", "en": "To end it: [[dashboard --stop]]"},
    "web.with_training": {"es": "Síguelo en el navegador: {address}", "en": "Follow it in the browser: {address}"},
    "web.stopped": {"es": "El tablero se ha cerrado.", "en": "The dashboard has ended."},
    "web.not_running": {"es": "No había ningún tablero en marcha.", "en": "No dashboard was running."},
    "web.no_browser": {
        "es": "No se ha podido abrir ningún navegador: copia la dirección en el tuyo.",
        "en": "No browser could be opened: copy the address into yours.",
    },
    "web.open_title": {"es": "Abriendo el tablero…", "en": "Opening the dashboard…"},
    "web.port_taken": Error(
        what={"es": "El tablero no puede usar el puerto {port}.", "en": "The dashboard cannot use port {port}."},
        why={"es": "otro programa lo está usando.", "en": "another program is using it."},
        do={
            "es": "elige otro número, [[dashboard --port 8090]], o ninguno: se busca uno libre.",
            "en": "choose another number, [[dashboard --port 8090]], or none: a free one is looked for.",
        },
    ),
    "web.not_stopped": Error(
        what={"es": "El tablero no responde y sigue en marcha.", "en": "The dashboard does not answer and goes on."},
        why={
            "es": "lo lleva el proceso {pid}, que también hace otro trabajo, por ejemplo entrenar.",
            "en": "it belongs to process {pid}, which does other work too, such as a training.",
        },
        do={"es": "se cerrará cuando termine ese trabajo.", "en": "it will end with that work."},
    ),
    "web.none": Error(
        what={"es": "Aquí no hay tablero.", "en": "There is no dashboard here."},
        why={"es": "el programa se ha iniciado sin él.", "en": "the program was started without it."},
        do={"es": "escribe [[dashboard]] en una ventana aparte.", "en": "type [[dashboard]] in a window of its own."},
    ),
    # --- answers
    "web.stranger": {
        "es": "Esta dirección no vale, o ya no. Pide la nueva con [[dashboard]].",
        "en": "This address is not valid, or no longer. Ask for the new one with [[dashboard]].",
    },
    "web.not_there": {"es": "Aquí no hay nada.", "en": "There is nothing here."},
    "web.no_picture": Error(
        what={"es": "No hay tal imagen: {picture}.", "en": "There is no such picture: {picture}."},
        do={"es": "recarga la página.", "en": "load the page again."},
    ),
    "web.bug": {
        "es": "Error interno del programa. El detalle está en {log}; el tablero sigue en marcha.",
        "en": "Internal error of the program. The details are in {log}; the dashboard goes on.",
    },
    # --- every page
    "web.title": {"es": "Avatar Pipeline", "en": "Avatar Pipeline"},
    "web.skip": {"es": "Ir al contenido", "en": "Skip to the content"},
    "web.nav": {"es": "Páginas", "en": "Pages"},
    "web.nav.clients": {"es": "Clientes", "en": "Clients"},
    "web.nav.training": {"es": "Entrenamiento", "en": "Training"},
    "web.nav.review": {"es": "Revisión", "en": "Review"},
    "web.nav.captions": {"es": "Textos", "en": "Captions"},
    "web.nav.results": {"es": "Resultados", "en": "Results"},
    "web.nav.tuning": {"es": "Ajuste", "en": "Tuning"},
    "web.nav.report": {"es": "Informe", "en": "Report"},
    "web.language": {"es": "Idioma", "en": "Language"},
    "web.language.es": {"es": "Español", "en": "Español"},
    "web.language.en": {"es": "English", "en": "English"},
    "web.no_script": {
        "es": "Esta página necesita JavaScript, que solo se carga de este equipo.",
        "en": "This page needs JavaScript, which is loaded from this computer alone.",
    },
    "web.common.loading": {"es": "Cargando…", "en": "Loading…"},
    "web.common.connected": {"es": "En directo", "en": "Live"},
    "web.common.connecting": {"es": "Conectando…", "en": "Connecting…"},
    "web.common.lost": {
        "es": "Sin conexión desde hace {age}. La página se recupera sola en cuanto vuelva el programa.",
        "en": "No connection for {age}. The page recovers by itself as soon as the program is back.",
    },
    "web.common.lost_short": {"es": "Sin conexión", "en": "No connection"},
    "web.common.stranger": {
        "es": "El tablero se ha iniciado de nuevo con otra dirección. Pídela con [[dashboard]] y abre la página desde allí.",
        "en": "The dashboard was started anew with another address. Ask for it with [[dashboard]], and open it there.",
    },
    "web.common.gone": {
        "es": "Este cliente ya no existe: se ha borrado o tiene otro nombre.",
        "en": "This client is gone: it was deleted or has another name.",
    },
    "web.common.failed": {"es": "No se ha podido: {detail:raw}", "en": "That failed: {detail:raw}"},
    "web.common.repeated": {
        "es": "Otra ventana lo había cambiado mientras tanto; tu cambio se ha hecho sobre lo nuevo.",
        "en": "Another window had changed it meanwhile; your change was made on what is there now.",
    },
    "web.common.not_repeated": {
        "es": "Otra ventana lo ha cambiado mientras tanto. Mira cómo está ahora y decide de nuevo.",
        "en": "Another window has changed it meanwhile. See what is there now and decide again.",
    },
    "web.common.undo": {"es": "Deshacer", "en": "Undo"},
    "web.common.close": {"es": "Cerrar", "en": "Close"},
    "web.common.cancel": {"es": "Cancelar", "en": "Cancel"},
    "web.common.ok": {"es": "Aceptar", "en": "OK"},
    "web.common.retry": {"es": "Intentar de nuevo", "en": "Try again"},
    "web.common.empty": {"es": "Todavía no hay nada aquí.", "en": "There is nothing here yet."},
    "web.common.second": {"es": "{n} s", "en": "{n} s"},
    "web.common.minute": {"es": "{n} min", "en": "{n} min"},
    "web.common.hour": {"es": "{n} h", "en": "{n} h"},
    "web.common.day": {"es": "{n} d", "en": "{n} d"},
}
