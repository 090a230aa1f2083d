"""Texts of options that do not do what they say: effect.*. Each says what happens, why, and what works instead."""

from __future__ import annotations

from collections.abc import Mapping

from avatar.texts.tables import Entry

TEXTS: Mapping[str, Entry] = {
    "effect.needs": {
        "es": """
            --{option} no hace nada sin {needs}, y el entrenador no lo dice. Añádelo, [[configure ID --set CLAVE=VALOR]], o
            quita la opción, [[configure ID --unset {option}]].
        """,
        "en": """
            --{option} does nothing without {needs}, and the trainer does not say so. Add it, [[configure ID --set KEY=VALUE]],
            or take the option back, [[configure ID --unset {option}]].
        """,
    },
    "effect.offload": {
        "es": """
            --cpu_offload_checkpointing acaba todo entrenamiento de SDXL con un TypeError tras cargar el modelo: la red de SDXL
            no lo tiene (es de Flux y otros). Lo que ahorra memoria es fp8_base con gradient_checkpointing, menos dim o menos
            resolución. Quítalo con [[configure ID --set cpu_offload_checkpointing=false]].
        """,
        "en": """
            --cpu_offload_checkpointing ends every SDXL training with a TypeError after the model has loaded: SDXL's network
            does not have it (Flux and others do). What saves memory is fp8_base with gradient_checkpointing, a smaller dim or
            a smaller resolution. Take it out with [[configure ID --set cpu_offload_checkpointing=false]].
        """,
    },
    "effect.offload_alone": {
        "es": """
            --cpu_offload_checkpointing no hace nada sin gradient_checkpointing, y con él acaba en un TypeError. Quítalo con
            [[configure ID --set cpu_offload_checkpointing=false]].
        """,
        "en": """
            --cpu_offload_checkpointing does nothing without gradient_checkpointing, and with it ends in a TypeError. Take it
            out with [[configure ID --set cpu_offload_checkpointing=false]].
        """,
    },
    "effect.no_workers": {
        "es": """
            --persistent_data_loader_workers acaba en un ValueError tras cargar el modelo si no hay procesos de carga que
            conservar. Da también max_data_loader_n_workers=1 (o más), o quítalo con [[configure ID --unset
            persistent_data_loader_workers]].
        """,
        "en": """
            --persistent_data_loader_workers ends in a ValueError after the model has loaded where there are no loader
            processes to keep. Give max_data_loader_n_workers=1 (or more) as well, or take it back with [[configure ID --unset
            persistent_data_loader_workers]].
        """,
    },
    "effect.other_architecture": {
        "es": """
            {value} es de otra arquitectura: con SDXL hace una red de 0 parámetros, y el optimizador se detiene tras cargar el
            modelo. Para SDXL es networks.lora.
        """,
        "en": """
            {value} is for another architecture: on SDXL it makes a network of 0 parameters, and the optimizer stops after the
            model has loaded. For SDXL it is networks.lora.
        """,
    },
    "effect.not_per_block": {
        "es": """
            network_args {name}={value} acaba en un error tras cargar el modelo: SDXL tiene {length} bloques, y hacen falta
            exactamente {length} números separados por comas.
        """,
        "en": """
            network_args {name}={value} ends in an error after the model has loaded: SDXL has {length} blocks, and exactly
            {length} numbers separated by commas are needed.
        """,
    },
    "effect.block_rates": {
        "es": """
            network_args {name}={value} acaba en un error tras cargar el modelo: en SDXL son {length} números separados por
            comas (12 son de SD 1.5).
        """,
        "en": """
            network_args {name}={value} ends in an error after the model has loaded: for SDXL it is {length} numbers separated
            by commas (12 are SD 1.5's).
        """,
    },
    "effect.no_number": {
        "es": "network_args {name}={value} acaba en un error tras cargar el modelo: hace falta un número.",
        "en": "network_args {name}={value} ends in an error after the model has loaded: it must be a number.",
    },
    "effect.no_weights": {
        "es": """
            --dim_from_weights lee la dim de un LoRA que no has indicado, y acaba en un error tras cargar el modelo. Da
            también network_weights=fichero, o quítalo con [[configure ID --unset dim_from_weights]].
        """,
        "en": """
            --dim_from_weights reads the dim of a LoRA that you have not named, and ends in an error after the model has
            loaded. Give network_weights=file as well, or take it back with [[configure ID --unset dim_from_weights]].
        """,
    },
    "effect.unknown_network_arg": {
        "es": "network_args {name} se ignora sin decirlo: networks.lora no lo conoce. {instead}",
        "en": "network_args {name} is silently ignored: networks.lora does not know it. {instead}",
    },
    "effect.instead.locon": {
        "es": "Un LoCon se hace con conv_dim=8 conv_alpha=4.",
        "en": "A LoCon is made with conv_dim=8 conv_alpha=4.",
    },
    "effect.instead.dora": {
        "es": "Aquí no hay DoRA; quítalo.",
        "en": "There is no DoRA here; leave it out.",
    },
    "effect.instead.known": {
        "es": "Conoce: {known}.",
        "en": "It knows: {known}.",
    },
    "effect.unknown_block_rates": {
        "es": """
            network_args {name}={value} acaba en un error tras cargar el modelo: no son {length} números separados por comas ni
            uno de los nombres {known}.
        """,
        "en": """
            network_args {name}={value} ends in an error after the model has loaded: it is neither {length} numbers separated
            by commas nor a name of {known}.
        """,
    },
    "effect.unread_blocks": {
        "es": "network_args {name} solo se lee con block_dims (23 números) o down_lr_weight; sin ellos se ignora.",
        "en": "network_args {name} is only read with block_dims (23 numbers) or down_lr_weight; without them it is ignored.",
    },
    "effect.masked_loss": {
        "es": """
            --masked_loss no hace nada por sí solo: con carpetas de imágenes no hay máscaras que leer. Funciona alpha_mask con
            imágenes PNG que tengan canal alfa.
        """,
        "en": """
            --masked_loss does nothing by itself: with folders of pictures there are no masks to read. What works is
            alpha_mask with PNG pictures that have an alpha channel.
        """,
    },
    "effect.conditioning": {
        "es": """
            --conditioning_data_dir solo lo leen los guiones de ControlNet; aquí se ignora. Para máscaras funciona alpha_mask
            con imágenes PNG que tengan canal alfa.
        """,
        "en": """
            --conditioning_data_dir is only read by the ControlNet scripts, and ignored here. For masks use alpha_mask with
            PNG pictures that have an alpha channel.
        """,
    },
    "effect.clip_skip": {
        "es": """
            --clip_skip se ignora en SDXL, que siempre toma la penúltima capa. Quítalo con [[configure ID --unset
            clip_skip]].
        """,
        "en": """
            --clip_skip is ignored for SDXL, which always takes the layer before the last. Take it back with [[configure ID
            --unset clip_skip]].
        """,
    },
    "effect.face_crop": {
        "es": """
            --face_crop_aug_range se ignora aquí: el entrenador busca el lugar de la cara en el nombre del fichero, y con
            cache_latents ni siquiera recorta. Los recortes de este programa ya están centrados en la cara; quítalo con
            [[configure ID --unset face_crop_aug_range]].
        """,
        "en": """
            --face_crop_aug_range is ignored here: the trainer looks for the face's place in the file's name, and with
            cache_latents does not even crop. This program's crops are framed around the face already; take it back with
            [[configure ID --unset face_crop_aug_range]].
        """,
    },
    "effect.text_encoder_lr": {
        "es": """
            --text_encoder_lr no hace nada con network_train_unet_only: los codificadores de texto no se entrenan. Para
            entrenarlos, network_train_unet_only=false (2 a 3 GB más).
        """,
        "en": """
            --text_encoder_lr does nothing with network_train_unet_only: the text encoders are not trained. To train them,
            network_train_unet_only=false (2 to 3 GB more).
        """,
    },
    "effect.old_switch": {
        "es": """
            --{option} acaba en un error tras cargar el modelo: el programa ya da un optimizador. Usa optimizer_type={instead},
            y quítalo con [[configure ID --unset {option}]].
        """,
        "en": """
            --{option} ends in an error after the model has loaded: the program names an optimizer already. Use
            optimizer_type={instead}, and take it back with [[configure ID --unset {option}]].
        """,
    },
    "effect.text_only": {
        "es": """
            --network_train_text_encoder_only acaba en un error: con network_train_unet_only no queda nada que entrenar, y con
            cache_text_encoder_outputs no vale. Da los dos como false, o quítalo con [[configure ID --unset
            network_train_text_encoder_only]].
        """,
        "en": """
            --network_train_text_encoder_only ends in an error: with network_train_unet_only nothing is left to train, and with
            cache_text_encoder_outputs it is not allowed. Set both to false, or take it back with [[configure ID --unset
            network_train_text_encoder_only]].
        """,
    },
    "effect.no_timestep": {
        "es": """
            min_timestep y max_timestep van de 0 a {most}: fuera de eso, el entrenador acaba en un IndexError en el primer
            paso.
        """,
        "en": """
            min_timestep and max_timestep go from 0 to {most}: outside, the trainer ends in an IndexError at the first step.
        """,
    },
    "effect.timesteps_crossed": {
        "es": """
            min_timestep={least} no está por debajo de max_timestep={most}: el entrenador toma los pasos de ruido de otro tramo
            sin decirlo. Da min_timestep menor que max_timestep.
        """,
        "en": """
            min_timestep={least} is not below max_timestep={most}: the trainer takes noise steps of another range without
            saying so. Give a min_timestep below max_timestep.
        """,
    },
    "effect.scheduler_args": {
        "es": """
            lr_scheduler_args {value} acaba en un TypeError tras cargar el modelo: este planificador no tiene argumentos
            propios. Quítalo con [[configure ID --unset lr_scheduler_args]], o usa las opciones lr_scheduler_….
        """,
        "en": """
            lr_scheduler_args {value} ends in a TypeError after the model has loaded: this scheduler takes no arguments of its
            own. Take it back with [[configure ID --unset lr_scheduler_args]], or use the options lr_scheduler_….
        """,
    },
    "effect.deepspeed": {
        "es": """
            --deepspeed necesita su paquete (solo Linux) y accelerate lanzado con él, cosa que este programa no hace. Quítalo
            con [[configure ID --unset deepspeed]].
        """,
        "en": """
            --deepspeed needs its package (Linux only) and accelerate started with it, which this program does not do. Take it
            back with [[configure ID --unset deepspeed]].
        """,
    },
    "effect.no_norms": {
        "es": "--scale_weight_norms se apaga con {value}, que no lo tiene; networks.lora sí.",
        "en": "--scale_weight_norms is switched off with {value}, which does not have it; networks.lora does.",
    },
    "effect.cached_dropout": {
        "es": """
            --caption_dropout_every_n_epochs se ignora con cache_text_encoder_outputs: los textos se calculan una vez. Para
            usarlo, cache_text_encoder_outputs=false (0,9 a 1,6 GB más en la tarjeta).
        """,
        "en": """
            --caption_dropout_every_n_epochs is ignored with cache_text_encoder_outputs: captions are computed once. To use it,
            cache_text_encoder_outputs=false (0.9 to 1.6 GB more on the card).
        """,
    },
    "effect.repeats": {
        "es": """
            --dataset_repeats se ignora con carpetas de imágenes: las repeticiones van en el nombre de la carpeta, y las
            pone [[prepare ID]].
        """,
        "en": """
            --dataset_repeats is ignored with folders of pictures: repeats stand in the folder's name, and are set by
            [[prepare ID]].
        """,
    },
    "effect.fp8_alone": {
        "es": """
            fp8 sin gradient_checkpointing gasta más memoria que bf16 (unos 2 GiB a 1024 px): se guardan copias de todos los
            pesos. Deja gradient_checkpointing, o fp8_base=false.
        """,
        "en": """
            fp8 without gradient_checkpointing takes more memory than bf16 (about 2 GiB at 1024 px): copies of all weights are
            kept. Keep gradient_checkpointing, or set fp8_base=false.
        """,
    },
    "effect.upload": {
        "es": """
            --huggingface_repo_id envía el LoRA a huggingface.co al guardarlo. Nada más de este programa sale de tu equipo; si
            no lo quieres, quítalo con [[configure ID --unset huggingface_repo_id]].
        """,
        "en": """
            --huggingface_repo_id sends the LoRA to huggingface.co when it is saved. Nothing else of this program leaves your
            computer; if you do not want that, take it back with [[configure ID --unset huggingface_repo_id]].
        """,
    },
    "effect.upload_log": {
        "es": """
            --log_with con wandb envía nombres y curvas a wandb.ai. Nada más de este programa sale de tu equipo; si no lo
            quieres, quítalo con [[configure ID --unset log_with]].
        """,
        "en": """
            --log_with with wandb sends names and curves to wandb.ai. Nothing else of this program leaves your computer; if you
            do not want that, take it back with [[configure ID --unset log_with]].
        """,
    },
    "effect.no_log": {
        "es": """
            --{option} se lleva lo que el entrenador cuenta, también «model saved.», y el programa lo lee para saber cómo acabó:
            un entrenamiento bueno se daría por fallido. Quítalo con [[configure ID --unset {option}]].
        """,
        "en": """
            --{option} takes away what the trainer tells, 'model saved.' too, which the program reads to know how it ended: a
            good training would be told as failed. Take it back with [[configure ID --unset {option}]].
        """,
    },
}
