"""What is wrong with Dockerfiles and Compose files, one kind of fault a module."""
