"""Texts of the room plan: plan.*, preflight.*, option.*."""

from __future__ import annotations

from collections.abc import Mapping

from avatar.texts.tables import Entry, Error

TEXTS: Mapping[str, Entry] = {
    "option.unknown": {
        "es": """
            El entrenador {version} no tiene la opción {option}: terminaría con un error. Quítala con [[configure ID --unset
            OPCIÓN]].
        """,
        "en": """
            Trainer {version} has no option {option}: it would exit with an error. Remove it with [[configure ID --unset
            OPTION]].
        """,
    },
    "option.takes_no_value": {
        "es": "{option} no lleva valor, y tiene «{value}».",
        "en": "{option} takes no value, but got '{value}'.",
    },
    "option.takes_one_value": {
        "es": "{option} lleva un solo valor, y tiene «{value}».",
        "en": "{option} takes exactly one value, but got '{value}'.",
    },
    "option.not_a_choice": {
        "es": "{option} no admite «{value}», solo: {choices}.",
        "en": "{option} does not accept '{value}', only: {choices}.",
    },
    "option.not_a_number": {
        "es": "{option} necesita un número, y tiene «{value}».",
        "en": "{option} needs a number, but got '{value}'.",
    },
    "plan.unknown_preset": Error(
        what={
            "es": "No existe el preajuste «{name}».\nPreajustes: {known}",
            "en": "There is no preset '{name}'.\nPresets: {known}",
        },
        do={"es": "elige uno de ellos.", "en": "choose one of them."},
    ),
    "plan.unknown_gpu": Error(
        what={
            "es": "No existe el perfil de tarjeta «{name}».\nPerfiles: {known}",
            "en": "There is no card profile '{name}'.\nProfiles: {known}",
        },
        do={"es": "elige uno de ellos, o ninguno para detectarla.", "en": "choose one of them, or none to have it detected."},
    ),
    "plan.control_character": Error(
        what={
            "es": "Un valor de la orden de entrenamiento tiene un salto de línea u otro carácter de control: {value}",
            "en": "A value of the training command holds a line end or another control character: {value}",
        },
        why={
            "es": "en un script, lo que le sigue sería otra orden.",
            "en": "in a script, what follows it would be another command.",
        },
        do={
            "es": "quítalo del valor o del nombre de la carpeta y repite.",
            "en": "take it out of the value or folder name, and repeat.",
        },
    ),
    "plan.file_invalid": Error(
        what={"es": "No se puede leer el plan de {path}.", "en": "The plan in {path} cannot be read."},
        why={"es": "{detail}", "en": "{detail}"},
        do={"es": "haz el plan otra vez ([[configure ID]]).", "en": "make the plan again ([[configure ID]])."},
    ),
    "plan.not_key_value": Error(
        what={"es": "«{text}» no es CLAVE=VALOR.", "en": "'{text}' is not KEY=VALUE."},
        do={"es": "escribe por ejemplo network_dim=64.", "en": "write for example network_dim=64."},
    ),
    "plan.unknown_key": Error(
        what={
            "es": "Ajuste desconocido: «{name}» no está ni en el plan ni en el entrenador.",
            "en": "Unknown setting '{name}': neither the plan nor the trainer has it.",
        },
        do={"es": "¿querías decir {near}?", "en": "did you mean {near}?"},
    ),
    "plan.other_program": Error(
        what={"es": "--{name} no existe en sd-scripts.", "en": "--{name} does not exist in sd-scripts."},
        why={
            "es": "es una opción de la web de A1111; el entrenador terminaría con un error.",
            "en": "it is an option of A1111's web UI; the trainer would exit with an error.",
        },
        do={
            "es": "nada; el perfil de tu tarjeta ya elige lo que sí ahorra memoria (base fp8, solo U-Net).",
            "en": "nothing; your card's profile already chooses what really saves memory (fp8 base, U-Net only).",
        },
    ),
    "plan.bad_value": Error(
        what={"es": "«{value}» no sirve para {name}.", "en": "'{value}' is not accepted for {name}."},
        why={"es": "se espera {kind}.", "en": "{kind} is expected."},
        do={"es": "corrige el valor.", "en": "correct the value."},
    ),
    "plan.not_square": Error(
        what={"es": "«{value}» no sirve para resolution.", "en": "'{value}' does not suit resolution."},
        why={
            "es": "los recortes son cuadrados y se entrenan como cuadrados.",
            "en": "the crops are squares and are trained as squares.",
        },
        do={"es": "escribe un solo lado, p. ej. resolution=1024.", "en": "type one side, e.g. resolution=1024."},
    ),
    "plan.kind.whole_number": {"es": "un número entero", "en": "a whole number"},
    "plan.kind.whole_numbers": {"es": "uno o más números enteros", "en": "one or more whole numbers"},
    "plan.kind.number": {"es": "un número", "en": "a number"},
    "plan.kind.numbers": {"es": "uno o más números", "en": "one or more numbers"},
    "plan.kind.yes_no": {"es": "true (sí) o false (no)", "en": "true or false"},
    "plan.kind.text": {"es": "un texto", "en": "text"},
    "plan.kind.choice": {"es": "uno de estos valores: {choices}", "en": "one of these values: {choices}"},
    "plan.managed_key": Error(
        what={"es": "«{name}» no se puede cambiar.", "en": "'{name}' cannot be changed."},
        why={"es": "de las carpetas y nombres se ocupa el programa.", "en": "folders and names are managed by the program."},
        do={
            "es": "quítalo; el modelo base y el entrenador se eligen en los ajustes: [[settings trainer]]",
            "en": "leave it out; base model and trainer are chosen in the settings: [[settings trainer]]",
        },
    ),
    "plan.change.override": {"es": "lo has pedido tú", "en": "requested by you"},
    "plan.change.tuned": {
        "es": "del ajuste automático del {tuning:dated}",
        "en": "from the automatic tuning of {tuning:dated}",
    },
    "plan.change.no_lowvram": {
        "es": "sd-scripts no tiene {asked} (es una opción de A1111); esto sí ahorra memoria",
        "en": "{asked} does not exist in sd-scripts (it is an A1111 option); this saves memory instead",
    },
    "plan.change.bf16": {
        "es": "la tarjeta tiene bf16 (capacidad {capability}), que no se desborda",
        "en": "the card has bf16 (capability {capability}), which does not overflow",
    },
    "plan.change.fp16": {
        "es": "la tarjeta no tiene bf16 (capacidad {capability})",
        "en": "the card has no bf16 (capability {capability})",
    },
    "plan.change.cpu_bf16": {"es": "fp16 no funciona en el procesador", "en": "fp16 does not work on the processor"},
    "plan.change.cpu_full_bf16": {
        "es": "cabe en {gib~instead:.0f} GiB de memoria del equipo en vez de {instead~gib:.0f}",
        "en": "needs {gib~instead:.0f} GiB of RAM instead of {instead~gib:.0f}",
    },
    "plan.change.cpu_no_fp8": {"es": "fp8 no funciona en el procesador", "en": "fp8 does not work on the processor"},
    "plan.change.cpu_trial": {"es": "en el procesador es solo una prueba", "en": "on the processor it is only a test run"},
    "plan.change.follows_steps": {"es": "según los pasos: {steps}", "en": "depends on the number of steps: {steps}"},
    "plan.change.whole_epochs": {
        "es": "épocas enteras de {per_epoch} pasos: así se puede continuar justo donde se dejó",
        "en": "whole epochs of {per_epoch} steps: training can then be resumed exactly where it stopped",
    },
    "plan.change.warmup": {"es": "como mucho el 10 % de los pasos: {steps}", "en": "at most 10 % of the steps: {steps}"},
    "plan.change.no_warmup": {"es": "aquí no hay calentamiento", "en": "no warm-up here"},
    "plan.change.no_cycles": {"es": "{scheduler} no tiene ciclos", "en": "{scheduler} has no cycles"},
    "plan.change.out_of_memory": {"es": "la tarjeta se quedó sin memoria", "en": "the card ran out of memory"},
    "plan.change.alpha_follows": {"es": "en proporción a dim {dim}", "en": "in proportion to dim {dim}"},
    "plan.change.own_rate": {
        "es": "{optimizer} busca la tasa por sí mismo; 1 la deja sin cambios",
        "en": "{optimizer} sets the learning rate itself; 1 leaves it unscaled",
    },
    "plan.change.no_bitsandbytes": {
        "es": "bitsandbytes no está instalado en el entorno del entrenador",
        "en": "bitsandbytes is not installed in the trainer's environment",
    },
    "plan.change.no_xformers": {
        "es": "xformers no está instalado en el entorno del entrenador",
        "en": "xformers is not installed in the trainer's environment",
    },
    "plan.change.no_option": {
        "es": "el entrenador {version} no tiene esa opción",
        "en": "trainer {version} does not have that option",
    },
    "plan.change.processes": {
        "es": "con {n:proceso|procesos}, las imágenes de cada paso se multiplican por {n}",
        "en": "with {n:process|processes}, the pictures in each step are multiplied by {n}",
    },
    "plan.change.trains_text_encoders": {
        "es": "los codificadores de texto se entrenan: no se pueden guardar sus salidas",
        "en": "the text encoders are trained: their outputs cannot be cached",
    },
    "plan.change.memory": {
        "es": "con su margen harían falta {needs~free:.1f} GiB y hay {free~needs:.1f} GiB",
        "en": "with its margin {needs~free:.1f} GiB would be needed and {free~needs:.1f} GiB are available",
    },
    "plan.change.no_accumulation": {
        "es": "acumular cuesta {saved:.2f} GiB; imagen a imagen se ven las mismas en el mismo tiempo",
        "en": "accumulation costs {saved:.2f} GiB; one by one the same pictures are seen in the same time",
    },
    "plan.change.same_exposures": {
        "es": "imágenes por paso: {now} en vez de {before}; así se ven las mismas en total",
        "en": "pictures in each step: {now} instead of {before}; the same number is seen in all",
    },
    "plan.change.no_checkpointing": {
        "es": "sin recalcular también cabe ({needs~free:.1f} de {free~needs:.1f} GiB) y tarda un 20 % menos",
        "en": "it also fits without recomputing ({needs~free:.1f} of {free~needs:.1f} GiB) and takes 20 % less time",
    },
    "plan.change.no_samples": {
        "es": """
            con dim {dim}, las imágenes de muestra piden, con su margen, {needs~free:.1f} GiB incluso a {px} px y hay
            {free~needs:.1f}
        """,
        "en": """
            at dim {dim}, sample pictures need {needs~free:.1f} GiB with their margin even at {px} px and {free~needs:.1f} are
            available
        """,
    },
    "plan.phase.caching": {"es": "al preparar las imágenes", "en": "while the pictures are cached"},
    "plan.phase.caching_text": {"es": "al preparar los textos", "en": "while the captions are cached"},
    "plan.phase.forward": {"es": "al final del paso hacia delante", "en": "at the end of the forward pass"},
    "plan.phase.backward": {"es": "al empezar el paso hacia atrás", "en": "at the start of the backward pass"},
    "plan.phase.backward_end": {"es": "al final del paso hacia atrás", "en": "at the end of the backward pass"},
    "plan.phase.no_checkpointing": {"es": "en el paso hacia delante", "en": "in the forward pass"},
    "plan.phase.optimizer": {"es": "en el optimizador", "en": "in the optimizer"},
    "plan.phase.vae_in_step": {"es": "en el VAE, en cada paso", "en": "in the VAE, in every step"},
    "plan.phase.denoising": {"es": "al hacer las muestras", "en": "while samples are made"},
    "plan.phase.decoding": {"es": "al decodificar las muestras", "en": "while samples are decoded"},
    "plan.memory": {"es": "Memoria de la tarjeta", "en": "Graphics memory"},
    "plan.memory.fits": {
        "es": "{needs~free:.1f} de {free~needs:.1f} GiB (pico: {peak})",
        "en": "{needs~free:.1f} of {free~needs:.1f} GiB (peak: {peak})",
    },
    "plan.memory.narrow": {
        "es": "{needs~free:.1f} de {free~needs:.1f} GiB (pico: {peak}), muy justo",
        "en": "{needs~free:.1f} of {free~needs:.1f} GiB (peak: {peak}), only narrowly",
    },
    "plan.memory.too_big": {
        "es": "{needs~free:.1f} GiB (pico: {peak}) y solo hay {free~needs:.1f}: no cabe",
        "en": "{needs~free:.1f} GiB (peak: {peak}) and only {free~needs:.1f} available: does not fit",
    },
    "plan.measured_memory": {
        "es": "{shown} (medido en esta tarjeta: {measured~formula:.1f}; por la fórmula {formula~measured:.1f})",
        "en": "{shown} (measured on this card: {measured~formula:.1f}; by the formula {formula~measured:.1f})",
    },
    "plan.change.failed_before": {
        "es": "así un entrenamiento se quedó sin memoria en esta tarjeta con {free:.1f} GiB libres",
        "en": "with it a training ran out of memory on this card, with {free:.1f} GiB available",
    },
    "plan.warning.failed_before": {
        "es": """
            Un entrenamiento igual se quedó sin memoria en esta tarjeta con {free:.1f} GiB libres: volverá a pasar si no hay
            más.
        """,
        "en": """
            A training like this ran out of memory on this card with {free:.1f} GiB available: it will again unless there is
            more.
        """,
    },
    "plan.warning.narrow": {
        "es": """
            El plan cabe muy justo: {needs~free:.2f} GiB de {free~needs:.2f}, menos que el margen de la fórmula (con él serían
            {safe:.2f}). Puede quedarse sin memoria a mitad.
        """,
        "en": """
            The plan fits only narrowly: {needs~free:.2f} GiB of {free~needs:.2f}, less than the formula's margin (with it,
            {safe:.2f}). It may run out of memory halfway.
        """,
    },
    "plan.warning.no_samples": {
        "es": """
            Con dim {dim} no cabe ninguna imagen de muestra en esta tarjeta: incluso a {px} px piden, con su margen,
            {needs~free:.1f} GiB y hay {free~needs:.1f}. Se entrena sin ellas; dim y resolución se quedan como estaban.
        """,
        "en": """
            At dim {dim} no sample pictures fit on this card: even at {px} px they need {needs~free:.1f} GiB with their margin
            and {free~needs:.1f} are available. Training goes without them; dim and resolution stay as they were.
        """,
    },
    "plan.offer.samples_narrow": {
        "es": """
            Con dim {dim} y a {px} px sí caben, muy justas ({needs~free:.2f} de {free~needs:.2f} GiB): [[configure ID
            --set {typed}]].
        """,
        "en": """
            At dim {dim} and {px} px they do fit, narrowly ({needs~free:.2f} of {free~needs:.2f} GiB): [[configure ID
            --set {typed}]].
        """,
    },
    "plan.offer.samples_fits": {
        "es": """
            Con dim {dim} y a {px} px caben con margen ({needs~free:.2f} de {free~needs:.2f} GiB): [[configure ID --set
            {typed}]].
        """,
        "en": """
            At dim {dim} and {px} px they fit with a margin ({needs~free:.2f} of {free~needs:.2f} GiB): [[configure ID
            --set {typed}]].
        """,
    },
    "plan.offer.samples_later": {
        "es": """
            O sin muestras durante el entrenamiento: [[try ID]] hace las imágenes después, con el LoRA terminado; en tarjetas
            pequeñas, con ComfyUI.
        """,
        "en": """
            Or no samples during training: [[try ID]] makes pictures afterwards, with the finished LoRA; on small cards through
            ComfyUI.
        """,
    },
    "plan.offer.take_back": {
        "es": """
            Si dejas que el programa elija {names}, sí cabe ({needs~free:.2f} de {free~needs:.2f} GiB): [[configure ID --set
            {typed}]].
        """,
        "en": """
            If the program may choose {names}, it fits ({needs~free:.2f} of {free~needs:.2f} GiB): [[configure ID --set
            {typed}]].
        """,
    },
    "plan.offer.narrow": {
        "es": """
            Muy justo ({needs~free:.2f} de {free~needs:.2f} GiB) cabría más de lo pedido; puede quedarse sin memoria:
            [[configure ID --set {typed}]].
        """,
        "en": """
            Narrowly ({needs~free:.2f} of {free~needs:.2f} GiB) more of what was asked for would fit; it may run out of memory:
            [[configure ID --set {typed}]].
        """,
    },
    "plan.warning.shared_memory": {
        "es": """
            {card} no tiene memoria propia: usa la del equipo, y cargar el modelo base ya se lleva {host:.0f} GiB de ella. Se
            cuenta solo con el resto.
        """,
        "en": """
            {card} has no memory of its own: it uses the computer's, of which loading the base model already takes {host:.0f}
            GiB. Only the rest is counted.
        """,
    },
    "plan.warning.fp8_kept": {
        "es": """
            El modelo base en 8 bits sin recalcular gasta más que en bf16 o fp16 ({needs~instead:.1f} GiB en vez de
            {instead~needs:.1f}): se guardan copias de todos los pesos.
        """,
        "en": """
            The base model in 8 bits without recomputing takes more than in bf16 or fp16 ({needs~instead:.1f} GiB instead of
            {instead~needs:.1f}): copies of all weights are kept.
        """,
    },
    "plan.warning.cpu": {
        "es": """
            Sin tarjeta NVIDIA: el plan es solo una prueba de {steps} pasos en el procesador. Para un plan de verdad, elige la
            tarjeta, por ejemplo: [[configure ID --gpu rtx3060_8gb]]
        """,
        "en": """
            No NVIDIA card: the plan is only a test run of {steps} steps on the processor. For a real plan choose the card,
            for example: [[configure ID --gpu rtx3060_8gb]]
        """,
    },
    "plan.warning.cpu_adapters": {
        "es": """
            No hay tarjeta NVIDIA, solo {adapters}: los optimizadores y la precisión de este entrenador son para NVIDIA, así que
            el plan es solo una prueba de {steps} pasos en el procesador. Para un plan de verdad, elige la tarjeta de otro
            equipo, por ejemplo: [[configure ID --gpu rtx3060_8gb]]
        """,
        "en": """
            There is no NVIDIA card, only {adapters}: this trainer's optimizers and precision are for NVIDIA, so the plan is
            only a test run of {steps} steps on the processor. For a real plan choose another computer's card,
            for example: [[configure ID --gpu rtx3060_8gb]]
        """,
    },
    "plan.warning.card_too_small": {
        "es": """
            {card} ({total:.0f} GB) es demasiado pequeña para fiarse: la que menos, según otros, usó 4,4 GB. Por la fórmula, con
            base {base}, {px} px y dim {dim} harían falta {needs~free:.2f} GiB y hay {free~needs:.2f}, si nada más usa la
            tarjeta. Para intentarlo: [[configure ID --set try_anyway=true]]. En otro equipo: [[bundle ID ARCHIVO.zip]] escribe
            un zip con todo lo necesario.
        """,
        "en": """
            {card} ({total:.0f} GB) is too small to rely on: the smallest use that others report is 4.4 GB. By the formula, a
            {base} base at {px} px and dim {dim} would need {needs~free:.2f} GiB and {free~needs:.2f} are available, if nothing
            else uses the card. To try it: [[configure ID --set try_anyway=true]]. On another computer: [[bundle ID FILE.zip]]
            writes a zip with everything needed.
        """,
    },
    "plan.warning.small_card_tried": {
        "es": """
            {card} ({total:.0f} GB) es demasiado pequeña para fiarse, y lo intentarás como has pedido. Por la fórmula, con base
            {base}, {px} px y dim {dim} harían falta {needs~free:.2f} GiB y hay {free~needs:.2f}, si nada más usa la tarjeta.
            En otro equipo: [[bundle ID ARCHIVO.zip]] escribe un zip con todo lo necesario.
        """,
        "en": """
            {card} ({total:.0f} GB) is too small to rely on, and you try it as you asked. By the formula, a {base} base at {px}
            px and dim {dim} would need {needs~free:.2f} GiB and {free~needs:.2f} are available, if nothing else uses the card.
            On another computer: [[bundle ID FILE.zip]] writes a zip with everything needed.
        """,
    },
    "plan.warning.too_big": {
        "es": """
            El plan no cabe según la fórmula: {needs~free:.1f} GiB, y hay {free~needs:.1f} GiB. Se respeta lo que has pedido.
        """,
        "en": """
            By the formula the plan does not fit: it needs {needs~free:.1f} GiB, and {free~needs:.1f} GiB are available. Your
            values are kept.
        """,
    },
    "plan.warning.gtx16": {
        "es": "{card}: la serie GTX 16 da a menudo NaN en fp16. Vigila la pérdida; si pasa, el programa lo dirá.",
        "en": "{card}: the GTX 16 series often gives NaN in fp16. Watch the loss; if it happens, the program will say so.",
    },
    "plan.warning.warmup": Error(
        what={
            "es": """
                El calentamiento ({warmup} pasos) dura tanto como el entrenamiento ({steps}): la tasa nunca llega a su valor.
            """,
            "en": """
                The warm-up ({warmup} steps) lasts as long as the training ({steps}): the learning rate never reaches its full
                value.
            """,
        },
        do={
            "es": "quítalo: [[configure ID --set lr_warmup_steps=0]]",
            "en": "leave it out: [[configure ID --set lr_warmup_steps=0]]",
        },
        one_line=True,
    ),
    "plan.warning.samples_on_cpu": Error(
        what={
            "es": "Las muestras ({n}) tardarían unas {hours:.0f} horas en el procesador, además del entrenamiento.",
            "en": "The samples ({n}) would take about {hours:.0f} hours on the processor, beside the training.",
        },
        do={
            "es": "quítalas: [[configure ID --set sample_every_n_steps=none]]",
            "en": "leave them out: [[configure ID --set sample_every_n_steps=none]]",
        },
        one_line=True,
    ),
    "plan.warning.high_rate": Error(
        what={
            "es": "Con una tasa de aprendizaje de {rate:g} el LoRA se echa a perder; más de {high:g} no se usa nunca.",
            "en": "A learning rate of {rate:g} ruins the LoRA; more than {high:g} is never used.",
        },
        do={
            "es": "revisa la cifra, o quítala: [[configure ID --set lr=-]]",
            "en": "check the figure, or take it back: [[configure ID --set lr=-]]",
        },
        one_line=True,
    ),
    "plan.warning.many_steps": Error(
        what={
            "es": "{steps:paso es|pasos son} muchísimo: un LoRA de una persona se entrena con unos miles, nunca más de {n}.",
            "en": "{steps:step is|steps are} very many: a person's LoRA takes some thousand, never more than {n}.",
        },
        do={
            "es": "revisa la cifra, o quítala: [[configure ID --set steps=-]]",
            "en": "check the figure, or take it back: [[configure ID --set steps=-]]",
        },
        one_line=True,
    ),
    "plan.warning.own_rate": Error(
        what={
            "es": "{optimizer} busca la tasa por sí mismo y la del plan solo la multiplica: con {rate:g} apenas aprendería.",
            "en": """
                {optimizer} sets the learning rate itself, and the plan's only scales it: with {rate:g} it would hardly
                learn.
            """,
        },
        do={
            "es": "pon 1: [[configure ID --set learning_rate=1]]",
            "en": "make it 1: [[configure ID --set learning_rate=1]]",
        },
        one_line=True,
    ),
    "plan.warning.resume_inexact": {
        "es": """
            Desde los estados de los pasos {states} no se podrá continuar justo donde se dejó: una época son {per_epoch} pasos,
            y el entrenador empieza de nuevo la que se cortó. Con épocas enteras sí: [[configure ID --set
            save_every_n_steps={interval} max_train_steps={steps}]].
        """,
        "en": """
            From the states of steps {states} it cannot be resumed exactly where it was left: an epoch is {per_epoch} steps, and
            the trainer begins the one that was broken off again. With whole epochs it can: [[configure ID --set
            save_every_n_steps={interval} max_train_steps={steps}]].
        """,
    },
    "plan.warning.override_lost": {
        "es": "«{text}», del plan anterior, ya no es válido y se ha descartado. {why}",
        "en": "'{text}' from the previous plan is no longer valid and was dropped. {why}",
    },
    "plan.not_set": Error(
        what={
            "es": "«{name}» no es un valor que hayas dado para este plan.\nLos que has dado: {known}",
            "en": "'{name}' is not one of the values you set for this plan.\nValues you set: {known}",
        },
        do={"es": "elige uno de ellos.", "en": "choose one of them."},
    ),
    "plan.none_set": Error(
        what={
            "es": "«{name}» no se puede quitar de este plan: no has dado ningún valor.",
            "en": "'{name}' cannot be taken out of this plan: you set no value.",
        },
        do={
            "es": "nada; el programa ya elige todos. Para dar uno: [[configure ID --set CLAVE=VALOR]].",
            "en": "nothing; the program chooses all of them already. To set one: [[configure ID --set KEY=VALUE]].",
        },
    ),
    "plan.kept": {
        "es": "Se conserva lo que elegiste antes: {chosen}. Para empezar de nuevo: [[configure {client} --new]].",
        "en": "Kept from your earlier choices: {chosen}. To start over: [[configure {client} --new]].",
    },
    "plan.experience": {
        "es": """
            Con esta tarjeta y de {low} a {high} imágenes, {what} fue lo mejor o empató en {n} de los {of} clientes anteriores
            en los que se comparó (es un recuento, no una prueba).
        """,
        "en": """
            On this card, with {low} to {high} pictures, {what} was the best or tied with it for {n} of {of} earlier clients
            that compared it (a count, not a proof).
        """,
    },
    "plan.experience.network_dim": {"es": "el rango {value}", "en": "rank {value}"},
    "plan.experience.learning_rate": {"es": "la tasa de aprendizaje {value}", "en": "a learning rate of {value}"},
    "plan.experience.caption_dropout_rate": {
        "es": "entrenar a veces sin el texto ({value})",
        "en": "leaving the caption out at times ({value})",
    },
    "plan.experience.unet_only": {"es": "entrenar solo la U-Net", "en": "training the U-Net alone"},
    "plan.experience.text_encoders": {
        "es": "entrenar también los codificadores de texto",
        "en": "training the text encoders too",
    },
    "plan.experience.optimizer_type": {"es": "el optimizador {value}", "en": "the optimizer {value}"},
    "plan.warning.no_dataset": {
        "es": "Todavía no hay dataset: los pasos del plan son los mínimos. Prepáralo y configura otra vez.",
        "en": "There is no dataset yet: the plan's steps are the minimum. Prepare it and configure again.",
    },
    "plan.rule.full_fp16": {
        "es": "full_fp16 solo vale con mixed_precision=fp16.",
        "en": "full_fp16 needs mixed_precision=fp16.",
    },
    "plan.rule.full_bf16": {
        "es": "full_bf16 solo vale con mixed_precision=bf16.",
        "en": "full_bf16 needs mixed_precision=bf16.",
    },
    "plan.rule.fp8": {
        "es": "fp8_base no vale con mixed_precision=no.",
        "en": "fp8_base does not work with mixed_precision=no.",
    },
    "plan.rule.cached_text_encoders": {
        "es": "cache_text_encoder_outputs solo vale con network_train_unet_only.",
        "en": "cache_text_encoder_outputs needs network_train_unet_only.",
    },
    "plan.rule.cached_captions": {
        "es": "Con cache_text_encoder_outputs los textos no pueden variar (shuffle_caption, caption_dropout…).",
        "en": "With cache_text_encoder_outputs captions cannot vary (shuffle_caption, caption_dropout…).",
    },
    "plan.rule.cached_latents": {
        "es": "Con cache_latents no valen color_aug ni random_crop.",
        "en": "With cache_latents, color_aug and random_crop do not work.",
    },
    "plan.rule.constant_warmup": {
        "es": """
            Los planificadores constant y adafactor y el optimizador Adafactor no admiten calentamiento: usa lr_warmup_steps=0.
        """,
        "en": "The schedulers constant and adafactor and the optimizer Adafactor take no warm-up: use lr_warmup_steps=0.",
    },
    "plan.rule.resolution": {
        "es": "La resolución {resolution} no es múltiplo de 32: SDXL falla en el primer paso. Usa un múltiplo de 64.",
        "en": "Resolution {resolution} is not a multiple of 32: SDXL fails at the first step. Use a multiple of 64.",
    },
    "plan.rule.cpu_fp16": {
        "es": "fp16 no funciona en el procesador: usa mixed_precision=bf16.",
        "en": "fp16 does not work on the processor: use mixed_precision=bf16.",
    },
    "plan.rule.cpu_fp8": {
        "es": "fp8 no funciona en el procesador: usa fp8_base=false.",
        "en": "fp8 does not work on the processor: use fp8_base=false.",
    },
    "plan.rule.machines": {
        "es": "num_processes debe ser un múltiplo de num_machines, y machine_rank ir de 0 a num_machines - 1.",
        "en": "num_processes must be a multiple of num_machines, and machine_rank go from 0 to num_machines - 1.",
    },
    "plan.rule.no_main_machine": {
        "es": "Con varias máquinas hace falta la dirección de la primera: main_process_ip=…",
        "en": "Several machines need the address of the first one: main_process_ip=…",
    },
    "plan.rule.cpu_processes": {
        "es": "En el procesador se entrena con un solo proceso: usa num_processes=1.",
        "en": "On the processor only one process can train: use num_processes=1.",
    },
    "plan.rule.fused_backward_pass": {
        "es": "fused_backward_pass no hace nada en un LoRA y solo vale con Adafactor: quítalo.",
        "en": "fused_backward_pass does nothing for a LoRA and needs Adafactor: leave it out.",
    },
    "plan.rule.weighted_captions": {
        "es": "weighted_captions no está previsto para SDXL en el entrenador: quítalo.",
        "en": "weighted_captions is not meant for SDXL by the trainer: leave it out.",
    },
    "plan.rule.lowram": {
        "es": """
            lowram ahorra memoria del equipo, no de la tarjeta: pone en ella el modelo entero en fp32 (10,3 GB), que no cabe.
            Quítalo.
        """,
        "en": """
            lowram saves the computer's memory, not the card's: it puts the whole model there in fp32 (10.3 GB), which does not
            fit. Leave it out.
        """,
    },
    "plan.rule.nothing_learns": {
        "es": "Con unet_lr=0 no se entrena nada: el entrenador se detiene tras cargar el modelo. Quítalo.",
        "en": "With unet_lr=0 nothing is trained: the trainer stops after loading the model. Leave it out.",
    },
    "plan.rule.no_share": {
        "es": "«{value}» no sirve para {name}: es una proporción entre 0 y 1.",
        "en": "'{value}' does not suit {name}: it is a share between 0 and 1.",
    },
    "plan.rule.foreign_argument": {
        "es": "{optimizer} no admite «{value}» en optimizer_args: es de otro optimizador. Quítalo.",
        "en": "{optimizer} does not take '{value}' in optimizer_args: it is another optimizer's. Leave it out.",
    },
    "plan.rule.below_least": {
        "es": "«{value}» no sirve para {name}: debe ser {least} o más.",
        "en": "'{value}' is not accepted for {name}: it must be {least} or more.",
    },
    "plan.rule.not_above_zero": {
        "es": "«{value}» no sirve para {name}: debe ser mayor que 0.",
        "en": "'{value}' is not accepted for {name}: it must be more than 0.",
    },
    "plan.rule.adafactor": {
        "es": "El planificador adafactor solo vale con optimizer_type=Adafactor, sin relative_step=False.",
        "en": "The scheduler adafactor needs optimizer_type=Adafactor, without relative_step=False.",
    },
    "plan.rule.optimizer": {
        "es": """
            El entrenador no tiene ningún optimizador «{value}» ({name}). ¿Querías decir {near}? Los de otras bibliotecas se
            escriben con punto (paquete.Clase).
        """,
        "en": """
            The trainer has no optimizer '{value}' ({name}). Did you mean {near}? Those of other libraries are written with a
            dot (package.Class).
        """,
    },
    "plan.rule.scheduler": {
        "es": "El entrenador no puede usar ningún planificador «{value}» ({name}). ¿Querías decir {near}?",
        "en": "The trainer has no scheduler '{value}' ({name}). Did you mean {near}?",
    },
    "plan.rule.scheduler_needs": {
        "es": "El planificador {name} necesita {option}: [[configure ID --set {option}=VALOR]], o elige otro planificador.",
        "en": "The scheduler {name} needs {option}: [[configure ID --set {option}=VALUE]], or choose another scheduler.",
    },
    "plan.rule.python_argument": {
        "es": """
            «{value}» no sirve para {name}: se escribe nombre=valor sin espacios, y el valor como en Python: 0.01, True, False,
            None, (0.9,0.99) o 'texto'.
        """,
        "en": """
            '{value}' is not accepted for {name}: write name=value without spaces, with the value as in Python: 0.01, True,
            False, None, (0.9,0.99) or 'text'.
        """,
    },
    "plan.rule.text_argument": {
        "es": "«{value}» no sirve para {name}: se escribe nombre=valor, sin espacios.",
        "en": "'{value}' is not accepted for {name}: write name=value without spaces.",
    },
    "plan.rule.buckets": {
        "es": """
            Con enable_bucket, la resolución {resolution} debe estar entre min_bucket_reso (256 si no se indica) y
            max_bucket_reso (1024), y bucket_reso_steps (64) ser un múltiplo de 32.
        """,
        "en": """
            With enable_bucket, resolution {resolution} must lie between min_bucket_reso (256 if not given) and max_bucket_reso
            (1024), and bucket_reso_steps (64) be a multiple of 32.
        """,
    },
    "plan.rule.adaptive_noise": {
        "es": "adaptive_noise_scale solo vale con noise_offset.",
        "en": "adaptive_noise_scale needs noise_offset.",
    },
    "plan.rule.v_prediction": {
        "es": "scale_v_pred_loss_like_noise_pred solo vale con v_parameterization, y v_pred_like_loss solo sin él.",
        "en": "scale_v_pred_loss_like_noise_pred needs v_parameterization, and v_pred_like_loss works only without it.",
    },
    "plan.rule.managed": {
        "es": """
            {name} está en el plan a mano, y de eso se ocupa el programa: ahí ganaría a lo suyo. Bórralo de lora_config.json
            (extra), o configura otra vez.
        """,
        "en": """
            {name} was put into the plan by hand, and is managed by the program: there it would win over the program's own.
            Delete it from lora_config.json (extra), or configure again.
        """,
    },
    "plan.change.masked": {
        "es": "las imágenes del dataset llevan una máscara: el fondo no se aprende",
        "en": "the dataset's pictures carry a mask: the background is not learnt",
    },
    "plan.change.regularisation": {
        "es": "hay {n:imagen|imágenes} de regularización ({words})",
        "en": "{n:regularisation picture lies|regularisation pictures lie} there ({words})",
    },
    "plan.regularisation": {
        "es": """
            Regularización: {n:imagen|imágenes} de «{words}» que no son la persona. Recuerdan al LoRA cómo es cualquier otra,
            para que no le ponga a todo el mundo la misma cara. El entrenador enseña tantas de estas como de la persona: cada
            época tiene el doble de pasos, y ver las de la persona las mismas veces lleva el doble de pasos y de tiempo. No
            ocupan memoria en la tarjeta. Las que no tienen texto se aprenden con el nombre de su carpeta. Sin ellas:
            [[configure ID --set reg_data_dir=none]].
        """,
        "en": """
            Regularisation: {n:picture|pictures} of '{words}' that are not the person. They remind the LoRA of what anybody
            else looks like, so that it does not give everyone the same face. The trainer shows as many of them as of the
            person: an epoch has twice the steps, and seeing the person's as often takes twice the steps and the time. They
            take no memory on the card. Those without a caption are learnt with the name of their folder. Without them:
            [[configure ID --set reg_data_dir=none]].
        """,
    },
    "plan.regularisation_steps": {
        "es": """
            Los pasos los has puesto tú: la mitad serán para la regularización, y cada imagen de la persona se verá la mitad
            de veces.
        """,
        "en": """
            The number of steps is yours: half of them go to the regularisation pictures, and each picture of the person is
            seen half as often.
        """,
    },
    "plan.regularisation_none": {
        "es": """
            En {path} no hay imágenes de regularización que lea el entrenador: necesita carpetas con nombre NÚMERO_CLASE, por
            ejemplo 1_woman, con imágenes dentro.
        """,
        "en": """
            {path} holds no regularisation pictures that the trainer reads: it needs folders named NUMBER_CLASS, such as
            1_woman, with pictures in them.
        """,
    },
    "plan.change.held_out": {
        "es": "{n:imagen|imágenes} no se entrenan: en ellas se mide si el LoRA aprende o solo memoriza",
        "en": "{n:picture is|pictures are} not trained on: they show whether the LoRA learns or only remembers",
    },
    "plan.change.held_out_same": {
        "es": "siempre las mismas, también al continuar",
        "en": "always the same ones, after a resume too",
    },
    "plan.change.held_out_every": {
        "es": "unas 16 medidas en todo el entrenamiento, que cuestan pocos minutos",
        "en": "about 16 measurements in the whole training, which cost few minutes",
    },
    "plan.change.v_prediction": {
        "es": "el modelo base predice v ({where}): sin esto el LoRA solo aprendería ruido",
        "en": "the base model predicts v ({where}): without this the LoRA would learn nothing but noise",
    },
    "plan.change.zero_snr": {
        "es": "el modelo base se entrenó con ruido hasta señal cero ({where})",
        "en": "the base model was trained with noise down to a signal of zero ({where})",
    },
    "plan.family.pony": {
        "es": """
            El modelo base es de la familia {family}: se entrenó con etiquetas y con score_9, score_8_up… delante. Las frases
            también valen, pero al generar pide esas etiquetas, y el LoRA se usará con modelos de la misma familia.
        """,
        "en": """
            The base model belongs to the family {family}: it was trained on tags, with score_9, score_8_up… in front.
            Sentences work too, but ask for those tags when generating, and use the LoRA with models of the same family.
        """,
    },
    "plan.family.illustrious": {
        "es": """
            El modelo base es de la familia {family}: se entrenó con etiquetas de Danbooru separadas por comas (1girl, long
            hair). Textos en ese estilo le van mejor que las frases, y el LoRA se usará con modelos de la misma familia.
        """,
        "en": """
            The base model belongs to the family {family}: it was trained on Danbooru tags separated by commas (1girl, long
            hair). Captions in that style suit it better than sentences, and the LoRA is for models of the same family.
        """,
    },
    "plan.family.noobai": {
        "es": """
            El modelo base es de la familia {family}: se entrenó con etiquetas de Danbooru y e621 separadas por comas. Textos
            en ese estilo le van mejor que las frases, y el LoRA se usará con modelos de la misma familia.
        """,
        "en": """
            The base model belongs to the family {family}: it was trained on Danbooru and e621 tags separated by commas.
            Captions in that style suit it better than sentences, and the LoRA is for models of the same family.
        """,
    },
    "plan.warning.maybe_v": {
        "es": """
            El nombre del modelo base dice «{part}», pero nada en él lo confirma. Si predice v, usa [[configure ID --set
            v_parameterization=true zero_terminal_snr=true]]; si no, el LoRA solo aprendería ruido.
        """,
        "en": """
            The base model's name says '{part}', but nothing in it confirms that. If it predicts v, use [[configure ID --set
            v_parameterization=true zero_terminal_snr=true]]; otherwise the LoRA would learn nothing but noise.
        """,
    },
    "base.now": {"es": "Modelo base ahora: {model}", "en": "Base model now: {model}"},
    "base.title": {"es": "Modelos en {path}", "en": "Models in {path}"},
    "base.none_in": {
        "es": "En {path} no hay ningún modelo. Indica otra carpeta con [[base-model --folder …]].",
        "en": "There is no model in {path}. Name another folder with [[base-model --folder …]].",
    },
    "base.no_folder_yet": {
        "es": "Indica una vez la carpeta de A1111, Forge o ComfyUI con [[base-model --folder …]], y se listan aquí.",
        "en": "Name the folder of A1111, Forge or ComfyUI once with [[base-model --folder …]], and they are listed here.",
    },
    "base.chosen": {
        "es": "Desde ahora, los planes se hacen con este modelo.",
        "en": "From now on plans are made with this model.",
    },
    "base.no_folder": Error(
        what={"es": "No existe la carpeta {path}.", "en": "There is no folder {path}."},
        do={
            "es": "indica la de A1111, Forge o ComfyUI, o la de los modelos.",
            "en": "name that of A1111, Forge or ComfyUI, or that of the models.",
        },
    ),
    "base.unknown": Error(
        what={"es": "No hay ningún modelo base «{name}».", "en": "There is no base model '{name}'."},
        do={
            "es": "elige uno de [[base-model]], o da la ruta de un archivo .safetensors.",
            "en": "choose one of [[base-model]], or give the path of a .safetensors file.",
        },
    ),
    "preflight.mask_unused": {
        "es": """
            Las imágenes llevan una máscara del fondo y el plan no la usa: el fondo se aprenderá. Configura otra vez:
            [[configure ID]].
        """,
        "en": """
            The pictures carry a mask of the background and the plan does not use it: the background will be learnt. Configure
            again: [[configure ID]].
        """,
    },
    "preflight.no_masks": {
        "es": """
            La máscara del plan no hará nada: las imágenes del dataset no llevan máscara. Escribe
            [[settings dataset.learn_background no --client ID]] y repite [[prepare ID]], o quítalo con
            [[configure ID --set alpha_mask=false]].
        """,
        "en": """
            The plan's mask will do nothing: the dataset's pictures carry no mask. Type
            [[settings dataset.learn_background no --client ID]] and repeat [[prepare ID]], or take it back with
            [[configure ID --set alpha_mask=false]].
        """,
    },
    "preflight.weights_unreadable": Error(
        what={
            "es": "No se puede leer el LoRA con el que empezar, {path} ({detail}).",
            "en": "The LoRA to begin with, {path}, cannot be read ({detail}).",
        },
        do={"es": "elige otro archivo.", "en": "choose another file."},
        one_line=True,
    ),
    "preflight.weights_other": Error(
        what={
            "es": "{path} no tiene módulos para la U-Net de SDXL con los nombres del entrenador.",
            "en": "{path} has no modules for SDXL's U-Net under the trainer's names.",
        },
        why={
            "es": "el entrenador lo pasaría por alto sin decirlo y empezaría de cero.",
            "en": "the trainer would pass it over without a word and begin from nothing.",
        },
        do={
            "es": "da un LoRA de SDXL hecho con este entrenador, o quítalo con [[configure ID --unset network_weights]].",
            "en": "give an SDXL LoRA made with this trainer, or take it back with [[configure ID --unset network_weights]].",
        },
        one_line=True,
    ),
    "preflight.weights_dim": Error(
        what={
            "es": "El LoRA con el que empezar, {path}, tiene dim {before}, y el plan {dim}.",
            "en": "The LoRA to begin with, {path}, has dim {before}, and the plan {dim}.",
        },
        why={
            "es": "el entrenador se pararía tras cargar el modelo.",
            "en": "the trainer would stop after loading the model.",
        },
        do={"es": "[[configure ID --set network_dim={before}]]", "en": "[[configure ID --set network_dim={before}]]"},
        one_line=True,
    ),
    "preflight.weights_mixed": Error(
        what={
            "es": "El LoRA con el que empezar, {path}, tiene módulos de varios dim ({found}), y el plan uno solo ({dim}).",
            "en": "The LoRA to begin with, {path}, has modules of several dims ({found}), and the plan a single one ({dim}).",
        },
        why={
            "es": "el entrenador se pararía tras cargar el modelo.",
            "en": "the trainer would stop after loading the model.",
        },
        do={
            "es": "empieza sin él: [[configure ID --unset network_weights]]",
            "en": "begin without it: [[configure ID --unset network_weights]]",
        },
        one_line=True,
    ),
    "preflight.vae_unreadable": Error(
        what={"es": "No se puede leer el VAE {path} ({detail}).", "en": "The VAE {path} cannot be read ({detail})."},
        do={"es": "descárgalo otra vez.", "en": "download it again."},
        one_line=True,
    ),
    "preflight.vae_diffusers": Error(
        what={
            "es": "El VAE {path} tiene las claves de diffusers, que el entrenador solo lee de una carpeta.",
            "en": "The VAE {path} has the keys of diffusers, which the trainer only reads from a folder.",
        },
        do={
            "es": 'da la carpeta: [[configure ID --set "vae={folder}"]]',
            "en": 'give the folder: [[configure ID --set "vae={folder}"]]',
        },
        one_line=True,
    ),
    "preflight.vae_other": Error(
        what={
            "es": "{path} no es un VAE: le faltan el codificador o el decodificador.",
            "en": "{path} is no VAE: encoder or decoder are missing.",
        },
        do={
            "es": "da el VAE de SDXL, o quítalo con [[configure ID --unset vae]].",
            "en": "give the VAE of SDXL, or take it back with [[configure ID --unset vae]].",
        },
        one_line=True,
    ),
    "preflight.vae_channels": Error(
        what={
            "es": "El VAE {path} es de otra arquitectura ({channels} canales; SDXL tiene 4).",
            "en": "The VAE {path} is another architecture's ({channels} channels; SDXL has 4).",
        },
        do={
            "es": "da el VAE de SDXL, o quítalo con [[configure ID --unset vae]].",
            "en": "give the VAE of SDXL, or take it back with [[configure ID --unset vae]].",
        },
        one_line=True,
    ),
    "preflight.needs_v": {
        "es": """
            El modelo base predice v ({where}) y el plan no: el LoRA solo aprendería ruido. Configura otra vez: [[configure
            ID]].
        """,
        "en": """
            The base model predicts v ({where}) and the plan does not: the LoRA would learn nothing but noise. Configure again:
            [[configure ID]].
        """,
    },
    "preflight.no_v": {
        "es": "El plan es para un modelo que predice v, y {model} no dice que lo haga. Configura otra vez: [[configure ID]].",
        "en": """
            The plan is for a model that predicts v, and {model} does not say that it does. Configure again: [[configure ID]].
        """,
    },
    "preflight.model_v": {
        "es": "Modelo base: {model}, SDXL, predice v ({where}).",
        "en": "Base model: {model}, SDXL, predicts v ({where}).",
    },
    "preflight.model_distilled": Error(
        what={
            "es": "El modelo base {model} está destilado ({method}) para generar en pocos pasos.",
            "en": "The base model {model} is distilled ({method}) for pictures in few steps.",
        },
        why={
            "es": "entrenar sobre él deshace la destilación: las imágenes salen borrosas y la cara se aprende peor.",
            "en": "training on it undoes the distillation: pictures turn blurred, and the face is learnt less well.",
        },
        do={
            "es": "entrena sobre el modelo sin destilar, y usa el LoRA con el destilado.",
            "en": "train on the model that is not distilled, and use the LoRA with the distilled one.",
        },
        one_line=True,
    ),
    "preflight.model_fp8": Error(
        what={
            "es": "El modelo base {model} es SDXL con números de 8 bits (fp8).",
            "en": "The base model {model} is SDXL in numbers of 8 bits (fp8).",
        },
        why={
            "es": "el entrenador lo lee, pero lo que se perdió al pasarlo a 8 bits no vuelve.",
            "en": "the trainer reads it, but what was lost on the way to 8 bits does not come back.",
        },
        do={
            "es": "si puedes, usa el de 16 bits (unos 7 GB); para ahorrar memoria: [[configure ID --set fp8_base=true]]",
            "en": "use the one of 16 bits (about 7 GB) where you can; to save memory: [[configure ID --set fp8_base=true]]",
        },
        one_line=True,
    ),
    "preflight.model_scaled": Error(
        what={
            "es": "El modelo base {model} está comprimido con escalas ({tensor}).",
            "en": "The base model {model} is compressed with scales ({tensor}).",
        },
        why={
            "es": "el entrenador no las aplica: se detiene, o entrena sobre números falsos.",
            "en": "the trainer does not apply them: it stops, or trains on wrong numbers.",
        },
        do={"es": "elige un .safetensors de 16 bits (unos 7 GB).", "en": "choose a .safetensors of 16 bits (about 7 GB)."},
        one_line=True,
    ),
    "plan.title": {"es": "Plan de entrenamiento", "en": "Training plan"},
    "plan.presets_title": {"es": "Lo que llevaría cada preajuste", "en": "What each preset would take"},
    "plan.presets_small_card": {
        "es": """
            {card} ({total:.0f} GB) es demasiado pequeña para fiarse: la que menos, según otros, usó 4,4 GB. Con base {base},
            {px} px y dim {dim} harían falta {needs~free:.2f} GiB y hay {free~needs:.2f}; con menos px y menos dim el parecido
            es menor.
        """,
        "en": """
            {card} ({total:.0f} GB) is too small to rely on: the smallest use that others report is 4.4 GB. A {base} base at
            {px} px and dim {dim} would need {needs~free:.2f} GiB and {free~needs:.2f} are available; with fewer px and a lower
            dim the likeness is less.
        """,
    },
    "plan.presets_no_card": {
        "es": """
            No se ha encontrado ninguna tarjeta NVIDIA: son solo pruebas de {steps} pasos en el procesador. Para ver lo que
            llevaría con una tarjeta: [[presets ID --gpu rtx3060_12gb]].
        """,
        "en": """
            No NVIDIA card was found: these are only test runs of {steps} steps on the processor. To see what a card would take:
            [[presets ID --gpu rtx3060_12gb]].
        """,
    },
    "plan.duration.minute": {"es": "cerca de 1 min", "en": "about 1 min"},
    "plan.duration.short": {"es": "menos de 1 min", "en": "less than 1 min"},
    "plan.duration.minutes": {"es": "unos {minutes} min", "en": "about {minutes} min"},
    "plan.duration.hours": {"es": "unas {hours} h", "en": "about {hours} h"},
    "plan.time_source.measured": {
        "es": "Según lo que ha medido tu {card} en entrenamientos iguales.",
        "en": "As your {card} has measured in trainings like this one.",
    },
    "plan.time_source.scaled": {
        "es": "Calculado a partir del último entrenamiento de tu {card}, que tenía otros valores.",
        "en": "Scaled from the last training on your {card}, which had other values.",
    },
    "plan.time_source.table": {
        "es": """
            Es una estimación a partir de la tabla para {card}; tras los primeros 20 pasos se dirá el tiempo real, y desde el
            segundo entrenamiento cuenta lo que mida tu tarjeta.
        """,
        "en": """
            This is a guess from the table for the {card}; after the first 20 steps the real time is shown, and from the second
            training on your card's own figures count.
        """,
    },
    "plan.time_source.other_card": {
        "es": """
            No hay datos de tu tarjeta: es lo que tardaría con {card}. Tras los primeros 20 pasos se dirá el tiempo real, y
            desde el segundo entrenamiento cuenta lo que mida tu tarjeta.
        """,
        "en": """
            There is no figure for your card: this is what it would take on {card}. After the first 20 steps the real time is
            shown, and from the second training on your card's own figures count.
        """,
    },
    "plan.time_source.unknown": {
        "es": "Cuánto tardará no se sabe antes de los primeros 20 pasos.",
        "en": "How long it takes is not known before the first 20 steps.",
    },
    "plan.offer_line": {
        "es": "{preset}: {time}, {steps:paso|pasos}, {gb:.1f} GB de disco",
        "en": "{preset}: {time}, {steps:step|steps}, {gb:.1f} GB of disk",
    },
    "plan.time_unknown": {"es": "tiempo aún sin medir", "en": "time not measured yet"},
    "plan.made.fits": {
        "es": """
            Plan hecho: {preset}, {steps:paso|pasos}, {time}. Cabe en {card}: {needs~free:.1f} de {free~needs:.1f} GiB.
        """,
        "en": """
            Plan made: {preset}, {steps:step|steps}, {time}. It fits {card}: {needs~free:.1f} of {free~needs:.1f} GiB.
        """,
    },
    "plan.made.narrow": {
        "es": """
            Plan hecho: {preset}, {steps:paso|pasos}, {time}. En {card} cabe muy justo: {needs~free:.1f} de {free~needs:.1f}
            GiB.
        """,
        "en": """
            Plan made: {preset}, {steps:step|steps}, {time}. It fits {card} only narrowly: {needs~free:.1f} of
            {free~needs:.1f} GiB.
        """,
    },
    "plan.made.too_big": {
        "es": """
            Plan hecho, pero no cabe en {card}: hacen falta {needs~free:.1f} GiB y hay {free~needs:.1f}. {preset},
            {steps:paso|pasos}, {time}.
        """,
        "en": """
            Plan made, but it does not fit {card}: {needs~free:.1f} GiB are needed and {free~needs:.1f} are there. {preset},
            {steps:step|steps}, {time}.
        """,
    },
    "plan.made.unknown": {
        "es": "Plan hecho para {card}: {preset}, {steps:paso|pasos}, {time}.",
        "en": "Plan made for {card}: {preset}, {steps:step|steps}, {time}.",
    },
    "plan.about": {
        "es": """
            {images:imagen|imágenes} a {px} px, cada una vista {each:.0f} veces; tamaño del LoRA (dim): {dim}; modelo base:
            {model}; disco: hasta {gb:.1f} GB.
        """,
        "en": """
            {images:picture|pictures} at {px} px, each seen {each:.0f} times; size of the LoRA (dim): {dim}; base model:
            {model}; disk: up to {gb:.1f} GB.
        """,
    },
    "plan.about_no_dataset": {
        "es": "A {px} px; tamaño del LoRA (dim): {dim}; modelo base: {model}; disco: hasta {gb:.1f} GB.",
        "en": "At {px} px; size of the LoRA (dim): {dim}; base model: {model}; disk: up to {gb:.1f} GB.",
    },
    "plan.changed": {
        "es": "Ajustado: {what}: {before} → {after}; {why}.",
        "en": "Adjusted: {what}: {before} → {after}; {why}.",
    },
    "plan.without_samples": {
        "es": "No se dibujan imágenes de muestra mientras se entrena; después las hace [[try ID]].",
        "en": "No sample pictures are drawn during the training; afterwards [[try ID]] makes them.",
    },
    "plan.without_samples_because": {
        "es": """
            No se dibujan imágenes de muestra mientras se entrena: {why}.
        """,
        "en": """
            No sample pictures are drawn during the training: {why}.
        """,
    },
    "plan.named": {"es": "{label}", "en": "{label}"},
    "plan.card.cpu": {"es": "el procesador (solo una prueba)", "en": "the processor (a trial only)"},
    "plan.card.gpu_24gb": {"es": "24 GB o más", "en": "24 GB or more"},
    "plan.preset.quick": {"es": "rápido", "en": "quick"},
    "plan.preset.balanced": {"es": "equilibrado", "en": "balanced"},
    "plan.preset.quality": {"es": "calidad", "en": "quality"},
    "plan.setting.network_dim": {"es": "tamaño del LoRA (dim)", "en": "size of the LoRA (dim)"},
    "plan.setting.network_alpha": {"es": "alpha del LoRA", "en": "alpha of the LoRA"},
    "plan.setting.resolution": {"es": "resolución en px", "en": "resolution in px"},
    "plan.setting.max_train_steps": {"es": "pasos", "en": "steps"},
    "plan.setting.sample_every_n_steps": {"es": "pasos entre imágenes de muestra", "en": "steps between sample pictures"},
    "plan.setting.sample_px": {"es": "px de las imágenes de muestra", "en": "px of the sample pictures"},
    "plan.setting.fp8_base": {"es": "modelo base en 8 bits", "en": "base model in 8 bits"},
    "plan.setting.mixed_precision": {"es": "precisión", "en": "precision"},
    "plan.setting.optimizer_type": {"es": "optimizador", "en": "optimizer"},
    "plan.setting.learning_rate": {"es": "tasa de aprendizaje", "en": "learning rate"},
    "plan.setting.train_batch_size": {"es": "imágenes a la vez", "en": "pictures at once"},
    "plan.setting.gradient_accumulation_steps": {"es": "imágenes acumuladas por paso", "en": "pictures accumulated in a step"},
    "plan.setting.gradient_checkpointing": {
        "es": "recalcular para gastar menos memoria",
        "en": "recompute to take less memory",
    },
    "plan.setting.save_every_n_steps": {"es": "pasos entre puntos de guardado", "en": "steps between checkpoints"},
    "plan.setting.save_last_n_steps_state": {
        "es": "pasos que se guardan para continuar",
        "en": "steps kept to continue from",
    },
    "plan.setting.lr_warmup_steps": {"es": "pasos de calentamiento", "en": "warm-up steps"},
    "plan.setting.validation_split": {"es": "parte reservada", "en": "share held out"},
    "plan.setting.seed": {"es": "semilla", "en": "seed"},
    "plan.setting.profile": {"es": "tarjeta", "en": "card"},
    "plan.setting.preset": {"es": "preajuste", "en": "preset"},
    "plan.setting.base_model": {"es": "modelo base", "en": "base model"},
    "plan.setting.lr_scheduler": {"es": "curva de la tasa", "en": "curve of the rate"},
    "plan.setting.lr_scheduler_num_cycles": {"es": "reinicios de la curva", "en": "restarts of the curve"},
    "plan.setting.optimizer_args": {"es": "opciones del optimizador", "en": "options of the optimizer"},
    "plan.setting.full_fp16": {"es": "todo en fp16", "en": "all in fp16"},
    "plan.setting.full_bf16": {"es": "todo en bf16", "en": "all in bf16"},
    "plan.setting.network_train_unet_only": {"es": "entrenar solo la U-Net", "en": "train the U-Net alone"},
    "plan.setting.cache_text_encoder_outputs": {"es": "guardar los textos ya calculados", "en": "keep captions computed"},
    "plan.setting.cache_latents": {"es": "guardar las imágenes ya calculadas", "en": "keep pictures computed"},
    "plan.setting.vae_batch_size": {"es": "imágenes a la vez al prepararlas", "en": "pictures at once in their preparation"},
    "plan.setting.cpu_offload_checkpointing": {"es": "recalcular en la memoria del equipo", "en": "recompute in RAM"},
    "plan.setting.sdpa": {"es": "atención de PyTorch", "en": "PyTorch's attention"},
    "plan.setting.xformers": {"es": "atención de xFormers", "en": "xFormers' attention"},
    "plan.setting.no_half_vae": {"es": "VAE a precisión completa", "en": "VAE in full precision"},
    "plan.setting.min_snr_gamma": {"es": "peso de los pasos con poco ruido", "en": "weight of steps with little noise"},
    "plan.setting.noise_offset": {"es": "ruido de brillo añadido", "en": "noise of brightness added"},
    "plan.setting.scale_weight_norms": {"es": "límite de los pesos del LoRA", "en": "limit of the LoRA's weights"},
    "plan.setting.v_parameterization": {"es": "el modelo base predice v", "en": "the base model predicts v"},
    "plan.setting.zero_terminal_snr": {"es": "ruido completo en el último paso", "en": "full noise at the last step"},
    "plan.setting.alpha_mask": {"es": "aprender solo lo que deja ver la máscara", "en": "learn what the mask lets through"},
    "plan.setting.reg_data_dir": {"es": "carpeta de regularización", "en": "folder of regularisation"},
    "plan.setting.validation_seed": {"es": "semilla de la parte reservada", "en": "seed of the share held out"},
    "plan.setting.validate_every_n_steps": {"es": "pasos entre mediciones", "en": "steps between measurements"},
    "plan.setting.validate_every_n_epochs": {"es": "épocas entre mediciones", "en": "epochs between measurements"},
    "plan.setting.save_precision": {"es": "precisión del archivo", "en": "precision of the file"},
    "plan.setting.save_state": {"es": "guardar para poder continuar", "en": "keep states to continue from"},
    "plan.setting.max_data_loader_n_workers": {"es": "procesos que leen imágenes", "en": "processes that read pictures"},
    "plan.setting.tokenizer_cache_dir": {"es": "carpeta de los tokenizadores", "en": "folder of the tokenizers"},
    "plan.setting.try_anyway": {"es": "intentarlo con una tarjeta pequeña", "en": "try it on a small card"},
    "plan.setting.num_processes": {"es": "tarjetas a la vez", "en": "cards at once"},
    "plan.setting.num_machines": {"es": "equipos a la vez", "en": "computers at once"},
    "plan.setting.machine_rank": {"es": "número de este equipo", "en": "number of this computer"},
    "plan.setting.main_process_ip": {"es": "dirección del primer equipo", "en": "address of the first computer"},
    "plan.setting.main_process_port": {"es": "puerto del primer equipo", "en": "port of the first computer"},
    # Options of the trainer beside the plan's fields that the program itself gives.
    "plan.setting.caption_dropout_rate": {"es": "parte sin su texto", "en": "share without its caption"},
    "plan.setting.unet_lr": {"es": "tasa de la U-Net", "en": "rate of the U-Net"},
    "plan.setting.text_encoder_lr": {"es": "tasa de los codificadores de texto", "en": "rate of the text encoders"},
    "plan.setting.network_dropout": {"es": "parte del LoRA que se apaga", "en": "share of the LoRA switched off"},
    "plan.value.constant": {"es": "constante", "en": "constant"},
    "plan.value.constant_with_warmup": {"es": "constante con calentamiento", "en": "constant with warm-up"},
    "plan.value.linear": {"es": "recta", "en": "straight"},
    "plan.value.cosine": {"es": "coseno", "en": "cosine"},
    "plan.value.cosine_with_restarts": {"es": "coseno con reinicios", "en": "cosine with restarts"},
    "plan.value.polynomial": {"es": "polinomio", "en": "polynomial"},
    "plan.given": {"es": "{what}: {value}", "en": "{what}: {value}"},
    "plan.changed_now": {"es": "Cambiado: {what}: {before} → {after}", "en": "Changed: {what}: {before} → {after}"},
    "plan.changed_with": {"es": "Cambia con ello: {names}.", "en": "Changes with it: {names}."},
    "plan.unchanged": {"es": "El plan queda como estaba.", "en": "The plan stays as it was."},
    "plan.changes_title": {"es": "Ajustado a tu tarjeta y a tu dataset", "en": "Adjusted to your card and your dataset"},
    "plan.profile": {"es": "Perfil de tarjeta", "en": "Card profile"},
    "plan.preset": {"es": "Preajuste", "en": "Preset"},
    "plan.base_model": {"es": "Modelo base", "en": "Base model"},
    "plan.resolution": {"es": "Resolución", "en": "Resolution"},
    "plan.dim": {"es": "Dim / alpha", "en": "Dim / alpha"},
    "plan.batch": {"es": "Lote x acumulación", "en": "Batch x accumulation"},
    "plan.precision": {"es": "Precisión", "en": "Precision"},
    "plan.optimizer": {"es": "Optimizador", "en": "Optimizer"},
    "plan.learning_rate": {"es": "Tasa de aprendizaje", "en": "Learning rate"},
    "plan.steps": {"es": "Pasos", "en": "Steps"},
    "preflight.script_there": {"es": "El programa que entrena: {path}", "en": "The program that trains: {path}"},
    "preflight.script_missing": Error(
        what={
            "es": "Falta el entrenador: {script} no está en {folder}.",
            "en": "The trainer is missing: {script} is not in {folder}.",
        },
        do={
            "es": "[[setup --trainer]], o di dónde está: [[settings trainer.folder CARPETA]]",
            "en": "[[setup --trainer]], or say where it is: [[settings trainer.folder FOLDER]]",
        },
        one_line=True,
    ),
    "preflight.script_old": Error(
        what={
            "es": "En {folder} está el programa de SD 1.5 pero no {script}, el de SDXL.",
            "en": "{folder} has the program of SD 1.5 but not {script}, that of SDXL.",
        },
        do={"es": "actualiza sd-scripts con [[setup --trainer]].", "en": "update sd-scripts with [[setup --trainer]]."},
        one_line=True,
    ),
    "preflight.trainer_other_commit": {
        "es": "El entrenador es de la versión {commit}, no de la de los ajustes ({wanted}); se le ha preguntado.",
        "en": "The trainer is of version {commit}, not of the settings' ({wanted}); its options were asked anew.",
    },
    "preflight.trainer_edited": {
        "es": "El entrenador tiene {n:archivo cambiado|archivos cambiados} a mano (p. ej. {file}); se le ha preguntado.",
        "en": "{n:file|files} of the trainer were edited by hand (e.g. {file}); its options were asked anew.",
    },
    "preflight.python_there": {"es": "Python del entrenador: {path}", "en": "The trainer's Python: {path}"},
    "preflight.python_missing": Error(
        what={"es": "Falta el Python del entrenador: {path}.", "en": "The trainer's Python is missing: {path}."},
        do={
            "es": "[[setup --trainer]], o di cuál es: [[settings trainer.python RUTA]]",
            "en": "[[setup --trainer]], or say which it is: [[settings trainer.python PATH]]",
        },
        one_line=True,
    ),
    "preflight.packages_there": {"es": "Paquetes del entrenador: {names}", "en": "The trainer's packages: {names}"},
    "preflight.packages_missing": Error(
        what={
            "es": "Faltan paquetes en el entorno del entrenador: {names}.",
            "en": "Packages are missing in the trainer's environment: {names}.",
        },
        do={"es": "[[setup --trainer]].", "en": "[[setup --trainer]]."},
        one_line=True,
    ),
    "preflight.packages_by_hand": Error(
        what={
            "es": "Faltan paquetes en el entorno del entrenador: {names}.",
            "en": "Packages are missing in the trainer's environment: {names}.",
        },
        do={
            "es": "«{command}», o elige otro optimizador si es él quien los necesita: [[configure ID --set optimizer=AdamW]]",
            "en": "'{command}', or choose another optimizer where that one needs them: [[configure ID --set optimizer=AdamW]]",
        },
        one_line=True,
    ),
    "preflight.no_cuda": Error(
        what={
            "es": "El PyTorch del entrenador ({torch}) no detecta ninguna tarjeta.",
            "en": "The trainer's torch ({torch}) does not detect a graphics card.",
        },
        do={
            "es": "[[setup --trainer]] instala la versión que corresponde a tu controlador.",
            "en": "[[setup --trainer]] installs the version that matches your driver.",
        },
        one_line=True,
    ),
    "preflight.options_asked": {
        "es": "Opciones del comando: {n}, todas conocidas por el entrenador instalado ({version}).",
        "en": "Options of the command: {n}, all known to the installed trainer ({version}).",
    },
    "preflight.options_known": {
        "es": """
            Opciones del comando: {n}, comprobadas solo con la tabla de {version}: no se pudo preguntar al entrenador
            ({detail}).
        """,
        "en": """
            Options of the command: {n}, checked only against the table of {version}: the trainer could not be queried
            ({detail}).
        """,
    },
    "preflight.resolution_64": {
        "es": "La resolución {resolution} no es múltiplo de 64: funciona, pero no es un tamaño de SDXL.",
        "en": "Resolution {resolution} is not a multiple of 64: it works, but it is not an SDXL size.",
    },
    "preflight.more_problems": {
        "es": "Y {n:problema más|problemas más} del mismo tipo en el dataset.",
        "en": "And {n:more problem|more problems} of the same kind in the dataset.",
    },
    "preflight.no_trigger": {
        "es": """
            Textos sin la palabra de activación «{word}»: {n}, p. ej. {file}. El entrenador solo la aprende de los textos.
            Prepara otra vez: lo arregla, o dice cómo si los editaste tú: [[prepare {client}]]
        """,
        "en": """
            Captions without the trigger word '{word}': {n}, e.g. {file}. The trainer learns it only from captions. Prepare
            again: that mends it, or says how where you edited them: [[prepare {client}]]
        """,
    },
    "preflight.dataset_changed": Error(
        what={
            "es": "El dataset ha cambiado desde que se hizo el plan.",
            "en": "The dataset has changed since the plan was made.",
        },
        do={"es": "configura otra vez para ajustar los pasos.", "en": "configure again to adjust the steps."},
        one_line=True,
    ),
    "preflight.settings_changed": Error(
        what={
            "es": "El plan se hizo con otro valor («{name:option}» en «{planned}»), y los ajustes dicen ahora «{now}».",
            "en": "The plan was made with another value ('{name:option}' as '{planned}'), and the settings now say '{now}'.",
        },
        do={
            "es": "haz el plan otra vez ([[configure ID]]); lo que elegiste se mantiene.",
            "en": "make the plan again ([[configure ID]]); what you chose is kept.",
        },
        one_line=True,
    ),
    "preflight.dataset_there": {
        "es": """
            Dataset: {images:imagen|imágenes}, {exposures:exposición|exposiciones} por época, {steps:paso|pasos},
            {epochs:época|épocas}.
        """,
        "en": """
            Dataset: {images:picture|pictures}, {exposures:exposure|exposures} per epoch, {steps:step|steps},
            {epochs:epoch|epochs}.
        """,
    },
    "preflight.dataset_held_out": {
        "es": """
            Dataset: {total:imagen|imágenes}, de las que se entrenan {images} y se reservan {held} para medir;
            {exposures:exposición|exposiciones} por época, {steps:paso|pasos}, {epochs:época|épocas}.
        """,
        "en": """
            Dataset: {total:picture|pictures}, of which {images} are trained and {held} held out to measure on;
            {exposures:exposure|exposures} per epoch, {steps:step|steps}, {epochs:epoch|epochs}.
        """,
    },
    "preflight.reg_there": {
        "es": """
            Regularización: {n:imagen|imágenes} de «{words}», la palabra con la que se aprenden si no tienen otro texto, para
            que el LoRA no cambie a los demás. Cada época enseña {shown} junto a las {own} exposiciones del dataset: se llevan
            esa parte de los pasos, y nada de memoria en la tarjeta.
        """,
        "en": """
            Regularisation: {n:picture|pictures} of '{words}', the word that they are learnt with where they have no other
            caption, so that the LoRA leaves other people alone. Each epoch shows {shown} beside the dataset's {own} exposures:
            they take that part of the steps, and no memory on the card.
        """,
    },
    "preflight.reg_unused": {
        "es": """
            Sobran {n:imagen|imágenes} de regularización, que nunca se enseñan: una época solo enseña tantas como exposiciones
            tiene el dataset ({own}).
        """,
        "en": """
            {n:regularisation picture is|regularisation pictures are} never shown: an epoch shows only as many as the dataset
            has exposures ({own}).
        """,
    },
    "preflight.reg_missing": Error(
        what={
            "es": "La carpeta de imágenes de regularización no existe: {path}",
            "en": "The folder of regularisation pictures does not exist: {path}",
        },
        why={
            "es": "el entrenador no lo diría: entrenaría sin ellas.",
            "en": "the trainer would not say so: it would train without them.",
        },
        do={
            "es": "da una ruta completa, o entrena sin ellas: [[configure ID --set reg_data_dir=none]].",
            "en": "give a whole path, or train without them: [[configure ID --set reg_data_dir=none]].",
        },
        one_line=True,
    ),
    "preflight.reg_empty": Error(
        what={
            "es": "En la carpeta de regularización no hay imágenes que lea el entrenador: {path}",
            "en": "The regularisation folder holds no pictures that the trainer reads: {path}",
        },
        why={
            "es": "solo lee carpetas con nombre NÚMERO_CLASE; sin ninguna, entrenaría sin regularización y sin decirlo.",
            "en": "it reads only folders named NUMBER_CLASS; without any it would train without them and not say so.",
        },
        do={
            "es": "pon las imágenes en una carpeta como 1_woman dentro de ella.",
            "en": "put the pictures into a folder such as 1_woman inside it.",
        },
        one_line=True,
    ),
    "preflight.reg_in_dataset": Error(
        what={
            "es": "La carpeta de regularización y la del dataset son la misma, o una está dentro de la otra: {path}",
            "en": "The regularisation folder and the dataset's are the same, or one lies in the other: {path}",
        },
        why={
            "es": "el entrenador tomaría esas imágenes por imágenes de la persona.",
            "en": "the trainer would take those pictures for pictures of the person.",
        },
        do={"es": "muévela a otro sitio.", "en": "move it elsewhere."},
        one_line=True,
    ),
    "preflight.reg_trigger": Error(
        what={
            "es": "La palabra de activación «{word}» está en {n:imagen|imágenes} de regularización (p. ej. {file}).",
            "en": "{n:regularisation picture has|regularisation pictures have} the trigger word '{word}' (such as {file}).",
        },
        why={
            "es": "la palabra se aprendería para cualquiera, no para la persona.",
            "en": "the word would be learnt for anybody, not for the person.",
        },
        do={
            "es": "quítala de sus textos o del nombre de la carpeta: ahí solo va la clase, como «woman».",
            "en": "take it out of their captions or of the folder's name: only the class belongs there, such as 'woman'.",
        },
        one_line=True,
    ),
    "preflight.reg_no_word": Error(
        what={
            "es": "{n:imagen|imágenes} de regularización sin texto ni clase (p. ej. {file}).",
            "en": "{n:regularisation picture|regularisation pictures} without caption or class (such as {file}).",
        },
        why={
            "es": "sin la palabra de la clase no le recuerdan nada al LoRA.",
            "en": "without the class word they remind the LoRA of nothing.",
        },
        do={
            "es": "ponle la clase al nombre de la carpeta: 1_woman en vez de 1.",
            "en": "put the class into the folder's name: 1_woman instead of 1.",
        },
        one_line=True,
    ),
    "preflight.model_file": {
        "es": "Modelo base: {model}, SDXL, entero ({gb:.1f} GB).",
        "en": "Base model: {model}, SDXL, complete ({gb:.1f} GB).",
    },
    "preflight.model_folder": {
        "es": "Modelo base: {model} (carpeta de diffusers).",
        "en": "Base model: {model} (diffusers folder).",
    },
    "preflight.model_folder_bad": Error(
        what={"es": "La carpeta {model} no es un modelo de diffusers.", "en": "The folder {model} is not a diffusers model."},
        do={"es": "indica un archivo .safetensors de SDXL.", "en": "name an SDXL .safetensors file."},
        one_line=True,
    ),
    "preflight.model_missing": Error(
        what={"es": "No existe el modelo base {model}.", "en": "The base model {model} does not exist."},
        do={
            "es": """
                elige otro, [[settings trainer.base_model RUTA]], y configura otra vez, [[configure ID]]; el entrenador lo
                buscaría en internet.
            """,
            "en": """
                choose another, [[settings trainer.base_model PATH]], and configure again, [[configure ID]]; the trainer
                would look for it online.
            """,
        },
        one_line=True,
    ),
    "preflight.model_missing_by_hand": Error(
        what={
            "es": "No existe el modelo base {model}, que diste tú para este plan.",
            "en": "The base model {model}, which you gave for this plan, does not exist.",
        },
        do={
            "es": """
                da otro con [[configure ID --set base_model=…]], o vuelve al de los ajustes con [[configure ID --unset
                base_model]].
            """,
            "en": """
                give another with [[configure ID --set base_model=…]], or go back to that of the settings with [[configure ID
                --unset base_model]].
            """,
        },
        one_line=True,
    ),
    "preflight.model_cached": {"es": "Modelo base: {model}, ya descargado.", "en": "Base model: {model}, downloaded already."},
    "preflight.model_download": {
        "es": """
            El modelo base {model} no está en este equipo: el entrenador lo descargará (unos 7 GB; hace falta red y sitio en el
            disco).
        """,
        "en": """
            The base model {model} is not on this computer: the trainer will download it (about 7 GB; needs network and disk
            space).
        """,
    },
    "preflight.model_pickle": {
        "es": """
            El modelo base {model} no es .safetensors: al abrirlo puede ejecutar código ajeno y no se puede comprobar. Mejor
            conviértelo.
        """,
        "en": """
            The base model {model} is not a .safetensors file: opening it can run code hidden in it, and it cannot be checked.
            Better convert it.
        """,
    },
    "preflight.model_unreadable": Error(
        what={"es": "El modelo base {model} no se puede leer.", "en": "The base model {model} cannot be read."},
        why={"es": "{detail}.", "en": "{detail}."},
        do={"es": "descárgalo otra vez.", "en": "download it again."},
        one_line=True,
    ),
    "preflight.file_missing": Error(
        what={
            "es": "La opción {option} nombra un archivo que no existe: {path}.",
            "en": "The option {option} names a file that does not exist: {path}.",
        },
        do={"es": "corrige la ruta, o deja la opción.", "en": "mend the path, or leave the option out."},
        one_line=True,
    ),
    "preflight.model_empty": Error(
        what={"es": "El modelo base {model} está vacío (0 bytes).", "en": "The base model {model} is empty (0 bytes)."},
        do={"es": "descárgalo otra vez.", "en": "download it again."},
        one_line=True,
    ),
    "preflight.model_unfinished": Error(
        what={
            "es": "El modelo base {model} es una descarga sin terminar.",
            "en": "The base model {model} is a download that has not ended.",
        },
        do={"es": "espera a que acabe, o descárgalo otra vez.", "en": "wait for its end, or download it again."},
        one_line=True,
    ),
    "preflight.model_web_page": Error(
        what={
            "es": "El modelo base {model} es una página web o un aviso de error, no un modelo.",
            "en": "The base model {model} is a web page or an error message, not a model.",
        },
        do={
            "es": "descarga el archivo mismo; puede hacer falta iniciar sesión o aceptar su licencia.",
            "en": "download the file itself; it may need a login or its licence accepted.",
        },
        one_line=True,
    ),
    "preflight.model_lfs": Error(
        what={
            "es": "El modelo base {model} es solo un puntero de Git LFS.",
            "en": "The base model {model} is only a pointer of Git LFS.",
        },
        do={"es": "ejecuta «git lfs pull» en su carpeta.", "en": "run 'git lfs pull' in its folder."},
        one_line=True,
    ),
    "preflight.model_gguf": Error(
        what={
            "es": "El modelo base {model} es GGUF, que el entrenador no lee.",
            "en": "The base model {model} is GGUF, which the trainer does not read.",
        },
        do={"es": "elige un .safetensors de SDXL 1.0.", "en": "choose a .safetensors of SDXL 1.0."},
        one_line=True,
    ),
    "preflight.model_archive": Error(
        what={"es": "El modelo base {model} está comprimido.", "en": "The base model {model} is an archive."},
        do={"es": "descomprímelo e indica el archivo de dentro.", "en": "unpack it and name the file inside."},
        one_line=True,
    ),
    "preflight.model_misnamed": Error(
        what={
            "es": "El modelo base {model} es un .safetensors con otra extensión, y el entrenador no lo abriría.",
            "en": "The base model {model} is a .safetensors under another ending, and the trainer would not open it.",
        },
        do={"es": "renómbralo a .safetensors.", "en": "rename it to .safetensors."},
        one_line=True,
    ),
    "preflight.model_no_checkpoint": Error(
        what={
            "es": "El modelo base {model} no es un modelo que el entrenador pueda abrir.",
            "en": "The base model {model} is no model that the trainer can open.",
        },
        do={"es": "elige un .safetensors de SDXL 1.0.", "en": "choose a .safetensors of SDXL 1.0."},
        one_line=True,
    ),
    "preflight.model_parts": Error(
        what={
            "es": "Al modelo base {model} le faltan partes: {parts}.",
            "en": "Parts of the base model {model} are missing: {parts}.",
        },
        do={
            "es": "elige uno entero (unos 7 GB), no solo el U-Net.",
            "en": "choose a whole one (about 7 GB), not only the U-Net.",
        },
        one_line=True,
    ),
    "preflight.model_folder_cut": Error(
        what={
            "es": "En el modelo base {model}, {file} no está entero ({detail}).",
            "en": "In the base model {model}, {file} is not whole ({detail}).",
        },
        do={"es": "descárgalo otra vez.", "en": "download it again."},
        one_line=True,
    ),
    "preflight.model_cut": Error(
        what={
            "es": "El modelo base {model} no está entero: {bytes} bytes de {expected}.",
            "en": "The base model {model} is incomplete: {bytes} bytes of {expected}.",
        },
        do={"es": "descárgalo otra vez.", "en": "download it again."},
        one_line=True,
    ),
    "preflight.model_other": Error(
        what={
            "es": "El modelo base {model} no es SDXL base ({kind}).",
            "en": "The base model {model} is not an SDXL base model ({kind}).",
        },
        do={"es": "elige uno de SDXL 1.0.", "en": "choose one of SDXL 1.0."},
        one_line=True,
    ),
    "preflight.tokenizers_there": {"es": "Tokenizadores: en este equipo.", "en": "Tokenizers: on this computer."},
    "preflight.tokenizers_download": {
        "es": "Los tokenizadores no están en este equipo ({names}): el entrenador los descargará (unos MB; hace falta red).",
        "en": "The tokenizers are not on this computer ({names}): the trainer will download them (a few MB; needs network).",
    },
    "preflight.output_there": {"es": "Salida: {path}", "en": "Output: {path}"},
    "preflight.output_not_writable": Error(
        what={"es": "No se puede escribir en {path}.", "en": "{path} cannot be written to."},
        why={"es": "{detail}.", "en": "{detail}."},
        do={"es": "revisa los permisos.", "en": "check its permissions."},
        one_line=True,
    ),
    "preflight.disk": {
        "es": "Disco: hacen falta {needed~free:.1f} GiB y hay {free~needed:.0f}.",
        "en": "Disk: {needed~free:.1f} GiB are needed and {free~needed:.0f} are free.",
    },
    "preflight.disk_full": Error(
        what={
            "es": "Falta sitio en el disco: hacen falta {needed~free:.1f} GiB y hay {free~needed:.1f}.",
            "en": "Too little disk space: {needed~free:.1f} GiB are needed and {free~needed:.1f} are free.",
        },
        do={
            "es": "libera espacio, guarda menos puntos o ningún estado ([[configure ID --set save_state=false]]).",
            "en": "free some, save fewer checkpoints, or no states ([[configure ID --set save_state=false]]).",
        },
        one_line=True,
    ),
    "preflight.long_path": Error(
        what={
            "es": "La ruta {path} es muy larga para Windows ({n} caracteres con los archivos).",
            "en": "The path {path} is very long for Windows ({n} characters with its files).",
        },
        do={"es": "usa una carpeta de clientes más corta.", "en": "use a shorter clients folder."},
        one_line=True,
    ),
    "preflight.memory": {
        "es": "Memoria RAM: hacen falta {needed~free:.0f} GiB y hay {free~needed:.0f} libres.",
        "en": "RAM: {needed~free:.0f} GiB are needed and {free~needed:.0f} are free.",
    },
    "preflight.memory_short": Error(
        what={
            "es": "Falta memoria RAM: cargar el modelo pide {needed~free:.0f} GiB y hay {free~needed:.1f} libres.",
            "en": "Not enough RAM: loading the model takes {needed~free:.0f} GiB and {free~needed:.1f} are free.",
        },
        do={
            "es": "cierra programas, o [[configure ID --set full_bf16=true]].",
            "en": "close programs, or [[configure ID --set full_bf16=true]].",
        },
        one_line=True,
    ),
    "preflight.on_cpu": {
        "es": "Se entrenará en el procesador: solo una prueba.",
        "en": "Training will run on the processor: only a test run.",
    },
    "preflight.no_card_but": {
        "es": """
            No hay tarjeta NVIDIA (solo {adapters}, que este entrenador no puede usar aquí): se entrenará en el procesador, solo
            una prueba.
        """,
        "en": """
            There is no NVIDIA card (only {adapters}, which this trainer cannot use here): training will run on the processor,
            only a test run.
        """,
    },
    "preflight.card_not_here": {
        "es": "La tarjeta del plan ({card}) no está en este equipo: se supone la memoria de ese modelo.",
        "en": "The plan's card ({card}) is not in this computer: the memory of that model is assumed.",
    },
    "preflight.card_too_small": Error(
        what={
            "es": """
                {card} ({total:.0f} GB) es demasiado pequeña para fiarse: harían falta {needs~free:.2f} GiB (base {base}, {px}
                px, dim {dim}) y hay {free~needs:.2f}, si nada más usa la tarjeta.
            """,
            "en": """
                {card} ({total:.0f} GB) is too small to rely on: {needs~free:.2f} GiB would be needed ({base} base, {px} px, dim
                {dim}) and {free~needs:.2f} are available, if nothing else uses the card.
            """,
        },
        do={
            "es": """
                entrena en otro equipo: [[bundle ID ARCHIVO.zip]] escribe un zip con todo lo necesario; para intentarlo
                igualmente, [[configure ID --set try_anyway=true]].
            """,
            "en": """
                train on another computer: [[bundle ID FILE.zip]] writes a zip with everything needed; to try anyway,
                [[configure ID --set try_anyway=true]].
            """,
        },
        one_line=True,
    ),
    "preflight.small_card_tried": Error(
        what={
            "es": """
                {card} ({total:.0f} GB) es demasiado pequeña para fiarse: harían falta {needs~free:.2f} GiB (base {base}, {px}
                px, dim {dim}) y hay {free~needs:.2f}, si nada más usa la tarjeta. Se intenta, como has pedido.
            """,
            "en": """
                {card} ({total:.0f} GB) is too small to rely on: {needs~free:.2f} GiB would be needed ({base} base, {px} px, dim
                {dim}) and {free~needs:.2f} are available, if nothing else uses the card. It is tried, as you asked.
            """,
        },
        do={
            "es": "si no sale, entrena en otro equipo: [[bundle ID ARCHIVO.zip]] escribe un zip con todo lo necesario.",
            "en": "if it fails, train on another computer: [[bundle ID FILE.zip]] writes a zip with everything needed.",
        },
        one_line=True,
    ),
    "preflight.vram": {
        "es": "{card}: harán falta {needed~free:.1f} GiB (pico: {peak}) y hay {free~needed:.1f} GiB.",
        "en": "{card}: {needed~free:.1f} GiB are needed (peak: {peak}) and {free~needed:.1f} GiB are available.",
    },
    "preflight.vram_narrow": Error(
        what={
            "es": """
                {card}: cabe muy justo: {needed~free:.2f} GiB (pico: {peak}) de {free~needed:.2f}; con el margen de la
                fórmula serían {safe:.2f}.
            """,
            "en": """
                {card}: it fits only narrowly: {needed~free:.2f} GiB (peak: {peak}) of {free~needed:.2f}; with the formula's
                margin {safe:.2f}.
            """,
        },
        do={"es": "cierra otros programas que usen la tarjeta.", "en": "close other programs that use the card."},
        one_line=True,
    ),
    "preflight.vram_short": Error(
        what={
            "es": "{card}: se estiman {needed~free:.1f} GiB y solo hay {free~needed:.1f} GiB.",
            "en": "{card}: {needed~free:.1f} GiB are estimated and only {free~needed:.1f} GiB are available.",
        },
        do={"es": "cierra otros programas o configura otra vez.", "en": "close other programs, or configure again."},
        one_line=True,
    ),
    "preflight.bf16_slow": {
        "es": "{card} no tiene bf16: será muy lento o fallará. Configura otra vez.",
        "en": "{card} has no bf16: it will be very slow or fail. Configure again.",
    },
    "preflight.busy": Error(
        what={
            "es": "Ya hay un entrenamiento en marcha: cliente {client}, empezado el {run:dated}, proceso {pid}.",
            "en": "A training is already running: client {client}, started {run:dated}, process {pid}.",
        },
        do={"es": "espera a que termine.", "en": "wait until it ends."},
        one_line=True,
    ),
    "preflight.title": {"es": "Comprobaciones antes de entrenar", "en": "Checks before training"},
    "resume.from": {
        "es": "Continúa desde el paso {done} de {total}; faltan {left}.",
        "en": "Goes on from step {done} of {total}; {left} are left.",
    },
    "resume.again_at_zero": {
        "es": """
            El estado del paso {done} no está al final de una época: {n:paso se hará de más|pasos se harán de más}, con tasa 0:
            cuestan tiempo y no cambian el LoRA.
        """,
        "en": """
            The state of step {done} is not at the end of an epoch: {n:step is done again|steps are done again}, at rate 0: they
            cost time and do not change the LoRA.
        """,
    },
    "resume.too_long": {
        "es": """
            El estado del paso {done} no está al final de una época: se entrenará {n:paso|pasos} de más, con la tasa de
            {scheduler}, que allí no es 0.
        """,
        "en": """
            The state of step {done} is not at the end of an epoch: it will be trained {n:step|steps} too long, at the rate of
            {scheduler}, which is not 0 there.
        """,
    },
    "resume.old_goes_on": Error(
        what={
            "es": "El estado se guardó con «{name:option}» en {before:plain}: con {now} seguiría con el de antes, sin decirlo.",
            "en": """
                The state was saved with '{name:option}' as {before:plain}: with {now} it would go on with the old one and not
                say so.
            """,
        },
        do={
            "es": """
                vuelve a {before} ([[configure ID --set CLAVE=VALOR]], o [[configure ID --unset CLAVE]]) y continúa, o entrena
                desde el principio.
            """,
            "en": """
                go back to {before} ([[configure ID --set KEY=VALUE]], or [[configure ID --unset KEY]]) and resume, or train
                from the start.
            """,
        },
        one_line=True,
    ),
    "resume.other_alpha": Error(
        what={
            "es": """
                El estado se guardó con «{name:option}» en {before:plain}: con {now} se entrenaría con una escala y el archivo
                llevaría la otra.
            """,
            "en": """
                The state was saved with '{name:option}' as {before:plain}: with {now} it would be trained at one scale, and the
                file would bear the other.
            """,
        },
        do={
            "es": "vuelve a {before} ([[configure ID --set network_alpha={before}]]) y continúa, o entrena desde el principio.",
            "en": "go back to {before} ([[configure ID --set network_alpha={before}]]) and resume, or train from the start.",
        },
        one_line=True,
    ),
    "resume.other_shape": Error(
        what={
            "es": """
                El estado se guardó con «{name:option}» en {before:plain}, y el plan tiene {now}: el entrenador terminaría con
                un error.
            """,
            "en": """
                The state was saved with '{name:option}' as {before:plain}, and the plan has {now}: the trainer would end in an
                error.
            """,
        },
        do={
            "es": """
                vuelve a {before} ([[configure ID --set CLAVE=VALOR]], o [[configure ID --unset CLAVE]]) y continúa, o entrena
                desde el principio.
            """,
            "en": """
                go back to {before} ([[configure ID --set KEY=VALUE]], or [[configure ID --unset KEY]]) and resume, or train
                from the start.
            """,
        },
        one_line=True,
    ),
    "resume.other_optimizer": Error(
        what={
            "es": """
                El estado se guardó con el optimizador {before}: {now} terminaría con un error, o tomaría mal sus números sin
                decirlo.
            """,
            "en": """
                The state was saved with the optimizer {before}: {now} would end in an error, or take its numbers wrong without
                a word.
            """,
        },
        do={
            "es": "vuelve a él ([[configure ID --set optimizer_type={before}]]) y continúa, o entrena desde el principio.",
            "en": "go back to it ([[configure ID --set optimizer_type={before}]]) and resume, or train from the start.",
        },
        one_line=True,
    ),
    "resume.no_scaler": Error(
        what={
            "es": "El estado se guardó con otra precisión ({before}): le falta lo que {now} necesita.",
            "en": "The state was saved in another precision ({before}): it lacks what {now} needs.",
        },
        do={
            "es": "continúa con [[configure ID --set mixed_precision={before}]], o entrena desde el principio.",
            "en": "resume with [[configure ID --set mixed_precision={before}]], or train from the start.",
        },
        one_line=True,
    ),
    "resume.other_curve": {
        "es": """
            El estado se guardó con «{name:option}» en {before:plain}; con {now} la tasa da un salto, pues la curva nueva se
            toma a mitad.
        """,
        "en": """
            The state was saved with '{name:option}' as {before:plain}; with {now} the rate jumps, for the new curve is entered
            midway.
        """,
    },
    "resume.other_steps": {
        "es": """
            El estado se guardó con «{name:option}» en {before:plain}; con {now} cada paso que queda ve otro número de imágenes.
        """,
        "en": """
            The state was saved with '{name:option}' as {before:plain}; with {now} each step that is left sees another number of
            pictures.
        """,
    },
    "resume.other_pictures": {
        "es": """
            El estado se guardó con «{name:option}» en {before:plain}; con {now} las épocas son otras, y los pasos que quedan se
            cuentan por las de ahora.
        """,
        "en": """
            The state was saved with '{name:option}' as {before:plain}; with {now} the epochs are others, and what is left is
            counted by those of now.
        """,
    },
    "resume.other_base_model": {
        "es": "El estado se guardó con el modelo base {before}; se continúa sobre {now}.",
        "en": "The state was saved with the base model {before}; it goes on upon {now}.",
    },
}
