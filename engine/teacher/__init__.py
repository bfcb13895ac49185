"""The teacher: a network that learned its words from people's labels tells ours what it hears in our own songs."""


class TeacherError(Exception):
    """Weights that no teacher can be made of."""
