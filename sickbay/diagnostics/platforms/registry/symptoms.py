"""What a registry's fault causes elsewhere: images that cannot be pulled, on whichever platform."""

PULLS = ("DKR-I101", "DKR-S103", "K8S-P103", "ECS-T101")
