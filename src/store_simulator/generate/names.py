"""Invented brands and general category words: nothing is taken from a data set."""

from typing import Final

import numpy as np

LEADING_CATEGORY: Final = "electronics.smartphone"

_DEPARTMENTS: Final = {
    "electronics": "smartphone tablet clocks telephone camera.photo camera.video video.tv "
    "video.projector audio.headphone audio.speaker audio.soundbar audio.microphone audio.player "
    "reader navigator charger",
    "computers": "notebook desktop monitor printer scanner router keyboard mouse webcam drive "
    "memory processor graphics cooling case adapter",
    "appliances": "kitchen.refrigerator kitchen.oven kitchen.hood kitchen.kettle kitchen.blender "
    "kitchen.mixer kitchen.toaster kitchen.microwave kitchen.dishwasher kitchen.freezer "
    "kitchen.grill kitchen.coffee washer dryer vacuum iron sewing fan heater conditioner "
    "humidifier",
    "furniture": "bedroom.bed bedroom.pillow bedroom.wardrobe living.sofa living.chair "
    "living.table living.shelf kitchen.table kitchen.chair bathroom.basin bathroom.mirror "
    "office.desk office.lamp garden.bench",
    "apparel": "shirt trousers jeans dress skirt jacket coat sweater socks scarf glove hat "
    "underwear swimwear shoes.sneaker shoes.boot shoes.sandal shoes.slipper",
    "kids": "toy.doll toy.car toy.puzzle carriage seat swing bottle diaper school.bag",
    "sport": "bicycle scooter skate ski tent treadmill dumbbell trampoline",
    "construction": "drill saw welder pump generator ladder paint lock",
    "auto": "tyre wheel battery player alarm compressor",
    "accessories": "bag wallet umbrella belt jewellery",
    "stationery": "paper pen cartridge",
    "medicine": "thermometer tonometer",
    "garden": "mower hose",
    "music": "piano",
}

_SYLLABLES: Final = (
    "b br d dr f fl g gr h k kl l m n p pl r s st t tr v vl w z",
    "a e i o u ai eo ou",
    "b d f g k l m n p r s t v z",
    "a e i o u",
    "n x l r th mo vi ro ka do nt sk",
)


def category_codes() -> list[str]:
    """Give the category codes, the leading one first, each a path of general words."""
    codes = [f"{head}.{tail}" for head, tails in _DEPARTMENTS.items() for tail in tails.split()]
    codes.remove(LEADING_CATEGORY)
    return [LEADING_CATEGORY, *codes]


def brand_names(count: int, rng: np.random.Generator) -> list[str]:
    """Make up ``count`` different brand names of two syllables and an ending."""
    names: dict[str, None] = {}
    while len(names) < count:
        parts = [rng.choice(sounds.split(), size=count) for sounds in _SYLLABLES]
        names.update(dict.fromkeys("".join(word) for word in zip(*parts, strict=True)))
    return list(names)[:count]
