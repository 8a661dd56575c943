"""`users`: accounts beside the admin's, each with a Secret of its own."""

from mediavault_operator import names
from mediavault_operator.spec import limits
from mediavault_operator.spec.model import Admin, User
from mediavault_operator.spec.objectname import object_name
from mediavault_operator.spec.reading import Reader

USERNAME_HINT = "letters, digits and any of @ . + - _"


def parse_admin(section: Reader) -> Admin:
    """`admin`: the first account."""
    return Admin(username=_username(section) or Admin.username, email=_email(section) or Admin.email)


def parse_users(spec: Reader, *, vault: str, admin: Admin) -> tuple[User, ...]:
    """The users in order of their names; no two may share a name, by whatever case, or a Secret."""
    sections = spec.sections("users", most=limits.USERS_MAX)
    taken = {admin.username.casefold()}
    secrets = {names.django_secret(vault), names.admin_secret(vault), names.database_secret(vault)}
    users = []
    for section in sections:
        user = _user(section, vault)
        if user.username.casefold() in taken:
            section.refuse("username", "is the name of another account: write each once")
        if user.secret in secrets:
            section.refuse("secretName", f"{user.secret} is another account's Secret: choose another name")
        taken.add(user.username.casefold())
        secrets.add(user.secret)
        users.append(user)
    return tuple(sorted(users, key=lambda user: user.username))


def _user(section: Reader, vault: str) -> User:
    if "username" not in section:
        section.refuse("username", "is needed: write the account's name")
    username = _username(section) or ""
    secret = object_name(section, "secretName")
    return User(
        username=username,
        email=_email(section) or "",
        admin=section.flag("admin"),
        secret=secret or names.user_secret(vault, username),
    )


def _username(section: Reader) -> str | None:
    return section.text("username", pattern=limits.USERNAME, longest=limits.USERNAME_MAX, hint=USERNAME_HINT)


def _email(section: Reader) -> str | None:
    return section.text("email", pattern=limits.EMAIL, longest=limits.EMAIL_MAX, hint="an e-mail address")
