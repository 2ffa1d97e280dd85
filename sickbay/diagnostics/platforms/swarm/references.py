"""The parts of an image's reference: its name and tag, and the digest that Docker adds to them."""


def reference(image: str) -> str:
    """Give an image's name and tag without the digest that Docker added."""
    return image.partition("@")[0]


def digest(image: str) -> str:
    """Give the digest of a reference, or nothing."""
    return image.partition("@")[2]
