"""The checks of registries and of images in them; each module holds one."""
