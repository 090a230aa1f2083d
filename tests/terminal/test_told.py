"""A command that is told inside the menus: as the line of the menus that does the same, derived from the commands' data."""

from __future__ import annotations

import threading

import pytest

from avatar.commands.all_commands import COMMANDS
from avatar.terminal import menu, menus, places, told
from avatar.texts import translate
from avatar.texts.text import Text
from avatar.workspace.client import Client
from tests import told_commands
from tests.scripted import MakeSession, ScriptedUi

REMEDY = Text("tune.none", {"client": "ana"})  # tells [[tune ID --hours 8]]
CAPTIONS = "Preparar dataset LoRA › Textos de las imágenes"
LINE = "«Resultado › Ajuste automático: 8»"
TYPED = f"«{translate._START_LINES[0]} tune ana --hours 8»"


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("configure ana --set network_dim=8 max_train_steps=900",
         "Configurar entrenamiento › Cambiar un valor del plan: tamaño del LoRA (dim) = 8, pasos = 900"),
        ("configure ana --set steps=N", "Configurar entrenamiento › Cambiar un valor del plan: pasos"),
        ("configure ana --set fp8_base=false",
         "Configurar entrenamiento › Cambiar un valor del plan: modelo base en 8 bits = no"),
        ("configure ana --set CLAVE=VALOR", "Configurar entrenamiento › Cambiar un valor del plan"),
        ("configure ana", "Configurar entrenamiento › Tarjeta y preajuste"), ("train ana", "Entrenar modelo › Entrenar ahora"),
        ("train ana --resume", "Entrenar modelo › Continuar un entrenamiento interrumpido"),
        ("train ID --dry-run", "Entrenar modelo › Comprobar sin entrenar"),
        ("results ana --take best", "Resultado › Usar el mejor"), ("remove ana 7", "Procesamiento facial › Quitar imágenes: 7"),
        ("settings generate.backend comfyui",
         "Menú principal › Ajustes › Todos los ajustes: Quién dibuja las pruebas = comfyui"),
        ("settings quality.blur_threshold 80 --client ana",
         "Ajustes › Ajustes solo de este cliente: Nitidez mínima de la cara = 80"),
        ("settings generate.comfyui_address DIRECCIÓN", "Menú principal › Ajustes › Todos los ajustes: Dirección de ComfyUI"),
        ("settings trainer", "Menú principal › Ajustes › Todos los ajustes: Entrenador y modelo base"),
        ("settings --undo", "Menú principal › Ajustes › Todos los ajustes › Deshacer el último cambio"),
        ("remove ana --undo", "Procesamiento facial › Quitar imágenes › Recuperar lo último que se quitó"),
        ("remove ana --drop", "Procesamiento facial › Quitar imágenes › Borrar del todo lo apartado"),
        ("results ana --take 282@0.6", "Resultado › Usar el mejor: paso 282 con peso 0,6"),
        ("captions ana --undo --apply", "Preparar dataset LoRA › Textos de las imágenes › Deshacer el último cambio"),
        ("client edit ana --class mujer --consent ''", "Ajustes › Datos"),
        ("setup --trainer", "Menú principal › Setup inicial del proyecto"), ("doctor", "Menú principal › ¿Qué ha fallado?"),
        ("doctor ana", "Ajustes › ¿Qué ha fallado?"),
        ("train bea", "Seleccionar cliente (bea) › Entrenar modelo › Entrenar ahora"),
        ("try ana --more", "Resultado › Probar de otra manera"),
        ("try ana --backend trainer", "Resultado › Probar de otra manera: el del entrenador"),
        ("tune ana --take best", "Resultado › Usar una variante del ajuste"),
        ("tune ana --take rate_half --values", "Resultado › Usar una variante del ajuste: tasa ÷ 2"),
        ("tune ana --add ZIP", "Configurar entrenamiento › Traer variantes entrenadas en otro equipo"),
        ("bundle ana ARCHIVO.zip --gpu rtx4090_24gb",
         "Entrenar modelo › Paquete para entrenar en otro equipo: NVIDIA RTX 4090 24 GB"),
        ("captions ana --suggest tags --all",
         f"{CAPTIONS} › Describir las fotos y las dudosas automáticamente: escribir etiquetas"),
        ("captions ana --undo --apply", f"{CAPTIONS} › Deshacer el último cambio"),
        ("client export ana ARCHIVO --originals", "Menú principal › Gestión de clientes › Exportar"),
        ("client delete ana --confirm ana", "Menú principal › Gestión de clientes › Borrar"),
        ("client restore ARCHIVO --as ID", "Menú principal › Gestión de clientes › Restaurar"),
        ("dashboard --stop", "Menú principal › Tablero en el navegador"),
        ("settings --clear evidence", "Menú principal › Ajustes › Borrar las cifras de entrenamientos"),
        ("process ana --force", "Procesamiento facial › Procesar todas otra vez"),
        ("monitor ana --adopt", "Monitor › Vigilar un entrenamiento que quedó solo"),
        ("try ana --minutes 10", None),
        ("no such thing", None), ('captions ana --set 3 "it\'s', None),
    ],
)  # fmt: skip
def test_a_command_is_the_line_that_does_it_with_the_values_it_has(typed: str, line: str | None) -> None:
    assert told.in_menus(typed, "es", now=places.CLIENT, client="ana") == line


def test_of_two_lines_that_do_the_same_the_one_is_told_that_is_being_done() -> None:
    typed = "remove ana --import 3"
    for at, line in (("import_real", "Cargar fotos reales"), ("import_mj", "Cargar imágenes MidJourney")):
        told_line = told.in_menus(typed, "es", now=places.CLIENT, client="ana", at=at)
        assert told_line == f"{line} › Deshacer una carga: 3"


def test_the_way_to_another_menu_is_told_with_it() -> None:
    assert told.in_menus("train ana", "en", now=places.MAIN, client="ana") == (
        "Select a client (ana) › Train the model › Train now"
    )  # fmt: skip
    assert told.in_menus("setup --trainer", "en", now=places.MAIN) == "Initial setup of the project"


def test_every_command_of_every_text_is_a_line_or_has_none() -> None:
    """Those without one: what no menu offers. A new text whose command a menu has is told by it unasked."""
    without = {
        " ".join(command.split()[:1] + [word for word in command.split() if word.startswith("--")][:1])
        for _, command in told_commands.in_texts()
        if told.in_menus(" ".join(told_commands.as_typed(command)), "es", now=places.CLIENT, client="ana") is None
    }
    assert without <= {
        "setup --clients-dir",  # said at the start of the program, before there is a menu
        "process --workers",
        "dashboard --port",  # of this one call; the menus let the program choose
    }


def test_every_option_that_leads_to_a_line_is_one_of_its_command() -> None:
    for command in COMMANDS:
        known = {argument.name for argument in command.arguments}
        for line in command.menu:
            assert set(line.options) <= known, (command.name, line.label)


def opened(make: MakeSession, client: Client, monkeypatch: pytest.MonkeyPatch, tell: str) -> ScriptedUi:
    session, ui = make()
    session.client = client

    def run(*_: object, **__: object) -> None:
        if tell == "screen":
            ui.show(REMEDY, "es")
        else:
            ui.shown.append(translate.words(REMEDY, "es"))

    monkeypatch.setattr(menu, "run_menu", run)
    menus.open_menu("client", session)
    ui.show(REMEDY, "es")
    return ui


def test_inside_a_menu_the_line_is_told_and_after_it_the_command(
    make: MakeSession, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside, after = opened(make, client, monkeypatch, "screen").shown
    assert LINE in inside and "--hours" not in inside
    assert TYPED in after


def test_what_is_written_into_files_while_a_menu_is_open_tells_the_command(
    make: MakeSession, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    written, _ = opened(make, client, monkeypatch, "file").shown
    assert TYPED in written


def test_a_page_that_another_thread_serves_meanwhile_tells_the_command() -> None:
    served: list[str] = []
    with translate.commands_told_as(lambda typed, language: "a line {of} braces"):
        thread = threading.Thread(target=lambda: served.append(translate.words(REMEDY, "es")))
        thread.start()
        thread.join()
        assert "«a line {of} braces»" in translate.words(REMEDY, "es")
    assert TYPED in served[0]
