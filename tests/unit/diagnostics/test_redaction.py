"""Secrets are taken out whatever their form; what helps at night stays readable."""

import time
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sickbay.diagnostics.events import LONGEST_VALUE, Event, EventKind
from sickbay.diagnostics.redaction import redact, redact_event, redact_values, redact_variable, secret_values

#: Made up for this table, in the shapes of the real ones; joined, so that no scanner takes them for real.
AWS = "AKIA" + "IOSFODNN7EXAMPLE"
GITHUB = "ghp_" + "a1B2" * 9
GITLAB = "glpat-" + "a1B2c3D4e5" * 2
SLACK = "xoxb-" + "123456789012-abcdefABCDEF"
JWT = "eyJ" + "hbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiIxMjM0NTY3ODkwIn0" + ".dozjgNryP4J3jVmNHl0w5N_XgL0n3I9"
PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA\nabc+/=\n-----END RSA PRIVATE KEY-----"

SECRETS = [
    ("postgres://app:hunter2@db:5432/shop", "hunter2"),
    ("redis://:hunter2@cache:6379/0", "hunter2"),
    ("amqp://app:p@ss/w:rd@queue:5672/%2F", "p@ss/w:rd"),
    ("amqp://app:p@ss@queue", "ss@"),
    ("a://u:first@x b://u:second@y", "second"),
    ("HTTPS://U:Hunter2@EXAMPLE.COM", "Hunter2"),
    ("curl -u admin:hunter2 https://example.com", "hunter2"),
    ("curl --user=admin:hunter2 https://example.com", "hunter2"),
    ("Authorization: Bearer abcDEF123456", "abcDEF123456"),
    ("Authorization: Bearer abcdefghijklmnop", "abcdefghijklmnop"),
    ("Authorization: Basic dXNlcjpwYXNz", "dXNlcjpwYXNz"),
    ("authorization: abcdefghijkl", "abcdefghijkl"),
    ("sent bearer abcDEF123456 upstream", "abcDEF123456"),
    (f"key {AWS} was used", AWS),
    ("aws_secret_access_key = wJalrXUtnFEMI/K7MDENG", "wJalrXUtnFEMI/K7MDENG"),
    ("AWS_SECRET_ACCESS_KEY=/9j/4AAQSkZJRg", "/9j/4AAQSkZJRg"),
    ("https://b.s3.example.com/o?X-Amz-Signature=0a1b2c3d4e5f&x=1", "0a1b2c3d4e5f"),
    ("https://b.blob.example.com/o?sv=1&sig=AbC%2Fd%3D", "AbC%2Fd%3D"),
    ("DefaultEndpointsProtocol=https;AccountKey=abc+/123==;", "abc+/123=="),
    (f"push by {GITHUB}", GITHUB),
    (f"clone with {GITLAB}", GITLAB),
    (f"client {SLACK}", SLACK),
    ("post https://hooks.slack.com/services/T0/B0/abcDEF", "abcDEF"),
    ("stripe sk_" + "live_a1B2c3D4e5F6g7H8", "a1B2c3D4e5F6g7H8"),
    (f"session {JWT}", JWT.rpartition(".")[2]),
    (f"token={JWT}", JWT.rpartition(".")[2]),
    (f"before {PEM} after", "MIIEowIBAAKCAQEA"),
    (PEM.partition("-----END")[0], "MIIEowIBAAKCAQEA"),
    (PEM.replace("\n", "\\n"), "MIIEowIBAAKCAQEA"),
    (PEM.replace("RSA PRIVATE KEY", "PGP PRIVATE KEY BLOCK"), "MIIEowIBAAKCAQEA"),
    ("DB_PASSWORD=hunter2", "hunter2"),
    ("DB_PASS=hunter2", "hunter2"),
    ("export API_KEY='hunter2 and more'", "and more"),
    ('PASSWORD="a \\" quoted" next', "quoted"),
    ('password="cut in the mid', "cut in the mid"),
    ("password = hunter2", "hunter2"),
    ("password: hunter2", "hunter2"),
    ("password:hunter2", "hunter2"),
    ("password:12345", "12345"),
    ("serve --password hunter2 --port 80", "hunter2"),
    ("serve --password=hunter2", "hunter2"),
    ("serve --db-password 'hunter 2'", "hunter 2"),
    ("serve -token hunter2", "hunter2"),
    ('{"user": "app", "password": "hunter2", "port": 1}', "hunter2"),
    ('{"password":"a\\"hunter2"}', "hunter2"),
    ('{"auth":"dXNlcjpwYXNz"}', "dXNlcjpwYXNz"),
    ('{"pass":"hunter2"}', "hunter2"),
    ('{"body":"{\\"password\\":\\"hunter2\\"}"}', "hunter2"),
    ("{'client_secret': 'hunter2'}", "hunter2"),
    ("Set-Cookie: session=abc123; Path=/", "abc123"),
    ("user=app&password=hunter2&x=1", "hunter2"),
    ("Server=db;User Id=app;Password=hunter2;", "hunter2"),
    ("GRANT ALL ON *.* TO 'app'@'%' IDENTIFIED BY 'hunter2'", "hunter2"),
    ("create role app login password 'hunter2';", "hunter2"),
    ('mysql -e "CREATE USER app IDENTIFIED BY \\"hunter2\\""', "hunter2"),
    ("redis-server --requirepass hunter2 --port 1", "hunter2"),
    ("SENTRY_DSN=https://abc@o1.example.com/2", "https://abc"),
]


@pytest.mark.parametrize(("text", "secret"), SECRETS)
def test_a_secret_is_hidden(text: str, secret: str) -> None:
    """Given text with a secret in one of its usual forms, then the secret is gone and a mark says that it was there."""
    redacted = redact(text)

    assert secret not in redacted
    assert "[redacted" in redacted


@pytest.mark.parametrize(("text", "_secret"), SECRETS)
def test_what_is_redacted_stays_as_it_is(text: str, _secret: str) -> None:
    """Given redacted text, when it is redacted again, then nothing changes: every stage may do it."""
    assert redact(redact(text)) == redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "token expired",
        "token: expired",
        "password: incorrect",
        "invalid password for user app",
        "/run/secrets/x",
        "POSTGRES_PASSWORD_FILE=/run/secrets/db-password",
        "TLS_PRIVATE_KEY=/etc/ssl/private/server.key",
        "password=",
        "password= user=bob",
        "password=''",
        "require_password=true",
        "auth: none",
        "token count=3",
        "registry.example.com/team/auth-service:1.4.2",
        "ghcr.io/team/token-service:9f3ab12",
        "oauth2-proxy:v7.6.0",
        "oauth2-proxy:latest",
        "example/secret@sha256:" + "0a" * 32,
        "docker start auth-service",
        "dial tcp: lookup auth-service:5432: no such host",
        "GET http://auth:8080/health: connection refused",
        "unauthorized: authentication required",
        "denied: requested access to the resource is denied",
        "basic authentication is off",
        'exec: "docker-credential-desktop": executable file not found in $PATH',
        "https://registry:5000/v2/web@latest",
        "nobody listens at tcp://127.0.0.1:2375.",
        "docker run -u 1000:1000 web",
        "docker run --user 1000:1000 web",
        "author: Bob",
        "all tests pass: 12",
        "the secret of good coffee",
        "mailto:ops@example.com",
        "-----BEGIN CERTIFICATE-----",
        "nginx:1.27-alpine listens on 0.0.0.0:80->80/tcp",
    ],
)
def test_harmless_text_survives(text: str) -> None:
    """Given text that only speaks of secrets, or looks a little like one, then it stays as it is."""
    assert redact(text) == text


def test_what_stands_around_a_secret_stays() -> None:
    """Given a line with a secret in it, then the rest of the line is still there to read."""
    assert redact("GET postgres://app:hunter2@db:5432/shop failed") == (
        "GET postgres://app:[redacted password]@db:5432/shop failed"
    )
    assert redact('{"user": "app", "password": "hunter2", "port": 1}') == (
        '{"user": "app", "password": [redacted], "port": 1}'
    )
    assert redact(f"key {AWS} used") == "key [redacted AWS key] used"


def test_a_line_after_a_secrets_name_keeps_its_time() -> None:
    """Given a line that ends with `auth:`, then the next line's time is not taken for the secret."""
    text = "2026-01-01T00:00:00Z bad auth:\n2026-01-01T00:00:01Z next"

    assert redact(text) == text


@pytest.mark.parametrize(
    ("variable", "redacted"),
    [
        ("DB_PASSWORD=correct horse battery", "DB_PASSWORD=[redacted]"),
        ("ENCRYPTION_KEY=abc123", "ENCRYPTION_KEY=[redacted]"),
        ("SSH_KEY=abc123", "SSH_KEY=[redacted]"),
        ("SMTP_PASS=abc123", "SMTP_PASS=[redacted]"),
        ("DATABASE_URL=mysql://u:hunter2@db/x", "DATABASE_URL=mysql://u:[redacted password]@db/x"),
        ("DB_PASSWORD_FILE=/run/secrets/db", "DB_PASSWORD_FILE=/run/secrets/db"),
        ("DB_PASSWORD=", "DB_PASSWORD="),
        ("PATH=/usr/bin:/bin", "PATH=/usr/bin:/bin"),
        ("KEYBOARD=us", "KEYBOARD=us"),
        ("NO_VALUE", "NO_VALUE"),
        ("", ""),
    ],
)
def test_a_variable_is_judged_by_its_name(variable: str, redacted: str) -> None:
    """Given a variable, then its value is hidden whole where its name is a secret's, and by its form elsewhere."""
    assert redact_variable(variable) == redacted
    assert redact_variable(redacted) == redacted


def test_the_secrets_of_an_environment() -> None:
    """Given an environment, then its secrets by name or form are given, longest first, and no words."""
    environment = (
        "DB_PASSWORD=s3cr3tpass", "DATABASE_URL=postgres://u:pw12345@db/x", "POSTGRES_PASSWORD=postgres",
        "TOKEN_TTL=300", "PIN_SECRET=1234", "DB_PASSWORD_FILE=/run/secrets/db", "MODE=fast-and-loose", "NO_VALUE",
    )  # fmt: skip

    assert secret_values(environment) == ("s3cr3tpass", "pw12345")


def test_a_secret_within_a_longer_one_uncovers_nothing() -> None:
    """Given two secrets of which one begins the other, when they are hidden, then no rest of the longer is left."""
    values = secret_values(["A_TOKEN=abc-123", "B_TOKEN=abc-123-456"])

    assert redact_values("first abc-123, then abc-123-456.", values) == "first [redacted], then [redacted]."


_PIECES = st.sampled_from(
    [
        *[
            "password",
            "token",
            "auth",
            "key",
            "pass",
            "sig",
            "-",
            "--",
            "=",
            ":",
            '"',
            "'",
            "\\",
            "/",
            "://",
            "@",
            ",",
            ";",
            "&",
            "a",
            "B",
            "7",
            ".",
            "_",
            "\x1f",
            "é",
        ],
        *("bearer ", "Basic ", "-u ", " ", "\n", "hunter2", AWS, "eyJ", "registry/", "expired", "x" * 8),
        *("[redacted]", "[redacted AWS key]", "-----BEGIN ", "PRIVATE KEY-----", "-----END "),
        *(
            "cookie",
            "credentials",
            "Authorization: ",
            "Digest ",
            "ENV ",
            "|\n  ",
            "--token",
            '("',
            "<",
            ">",
            "value=",
            "`",
            "{",
        ),
        *(
            "mysql ",
            "-p",
            "sshpass",
            "AUTH ",
            "login ",
            "@tcp(",
            ":5432:",
            "A_KEY",
            "API key",
            "name=",
            "[",
            "]",
            "${",
            "}",
        ),
    ]
)


@given(st.lists(_PIECES, max_size=14).map("".join) | st.text(max_size=60))
def test_redaction_settles_at_once(text: str) -> None:
    """Given any text, when it is redacted twice, then it is what it was after the first time."""
    once = redact(text)

    assert redact(once) == once


@given(st.lists(_PIECES, max_size=40).map("".join) | st.text(max_size=200))
def test_redaction_never_makes_much_of_little(text: str) -> None:
    """Given any text, when redacted, then no more was put into it than a mark for each part that was taken out."""
    redacted = redact(text)

    assert len(redacted) <= len(text) + 32 * redacted.count("[redacted")


@given(
    st.sampled_from(
        ["password={}", "--token {} x", '{{"secret": "{}"}}', "https://u:{}@h/", "Authorization: Bearer {}"]
    ),
    st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+_.~", min_size=12, max_size=80),
)
def test_no_secret_comes_through(form: str, secret: str) -> None:
    """Given any secret in a form that names it, then it does not come through."""
    assert secret not in redact(form.format(secret))


@pytest.mark.parametrize(
    "piece",
    [
        *[
            "a",
            "pass",
            "token",
            "a-",
            "-token",
            "--token",
            "_pass",
            "eyJ",
            "eyJ-",
            "eyJaaaaaaaa.",
            "a://b:",
            "a://",
            "://b:c",
            "AKIA",
            "gh",
            "xoxb-",
            "\\",
            '"',
            "key",
        ],
        *("token='", 'token="', 'token=\\"', "token:", "token=a", "auth:", "password ", "bearer ", "bearer a", "-u a:"),
        *("-u ", " ", "\n", "-----BEGIN ", "-----BEGIN RSA ", "-----END PRIVATE "),
        *("mysql ", "mysql -p ", "docker login ", "docker login -p ", "ENV password ", "password: |\n ", "cookie: a="),
        *('name="password" value=', '("password", ', "echo ", "login a password ", "authorization: Digest a="),
        *(
            "jdbc:oracle:x:a/",
            ":5432:",
            "a:@tcp(",
            "a:b@tcp",
            "LS0tLS1CRUdJTi",
            "SG.",
            "Q~",
            ".atlasv1.",
            "AUTH ",
            "s.",
        ),
        *(
            "token={a,",
            "token=`a,",
            "token=/a/",
            "a/token:",
            "${token:?",
            "secretsmanager:",
            "password a",
            "<password>",
        ),
        *(
            "\n- A_TOKEN=",
            '"A_TOKEN=',
            "password x: ",
            "credentials: a / ",
            "token" + " " * 8,
            "--token, ",
            '"--token", ',
        ),
        *("secret_" + "a" * 50, "eyJaaaaaaaa_", "htpasswd -b a b ", "identified by '", "\u0130 token=", "basic A"),
    ],
)
@pytest.mark.parametrize("start", ["", 'token="', "a://b:"])
def test_time_grows_with_the_length_and_not_with_its_square(start: str, piece: str) -> None:
    """Given text made to be hard to search, when it is 8 times as long, then it takes far less than 64 times as long.

    The processor's time of this thread is compared with itself, so other work on the machine does not count.
    """
    short, long = (_seconds(start + piece * (size // len(piece))) for size in (5_000, 40_000))

    assert long < 0.01 or long < 24 * short


@pytest.mark.parametrize("piece", ["a", "passtoken", "a://b:c", 'token="', "eyJaaaaaaaa.", "-token-"])
def test_a_megabyte_is_searched(piece: str) -> None:
    """Given a megabyte of such text, then the answer comes, and comes in less than ten seconds of processor time."""
    assert _seconds(piece * (1_000_000 // len(piece)), times=1) < 10


def _seconds(text: str, times: int = 2) -> float:
    """Give the least processor time that a search takes."""
    taken = []
    for _ in range(times):
        began = time.thread_time()
        redact(text)
        taken.append(time.thread_time() - began)
    return min(taken)


@pytest.mark.parametrize(
    "text",
    [
        "is not authorized to perform: secretsmanager:GetSecretValue on resource: *",
        "fetch secret arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/db-AbCdEf from secrets manager",
    ],
)
def test_aws_own_secrets_manager_is_no_secret(text: str) -> None:
    """Given an IAM action or an ARN of AWS Secrets Manager, then it stays: without it nobody knows what was denied."""
    assert redact(text) == text


def test_a_value_after_the_name_of_secrets_manager_is_hidden() -> None:
    """Given what is neither an action nor an ARN after that name, then it is hidden as ever."""
    assert "hunter2" not in redact("secretsmanager:hunter2hunter2 x")


@pytest.mark.parametrize("stamp", ["", "2026-11-23T10:00:00.123456789Z "])
def test_a_log_that_begins_within_a_private_key_shows_nothing_of_it(stamp: str) -> None:
    """Given the end of a log that begins with the rest of a key, when redacted, then only what follows is left."""
    key = ["kqhkiG9w0BAQEFAASC", "M" * 64, "z+/" * 21 + "=", "-----END RSA PRIVATE KEY-----", "listening"]

    assert redact("\n".join(stamp + line for line in key)) == f"[redacted private key]\n{stamp}listening"


def test_a_log_of_single_words_is_searched_in_no_time() -> None:
    """Given many lines that might each be a line of a key, when redacted, then that takes no square of them."""
    text = "word\n" * 200_000

    began = time.monotonic()

    assert redact(text) == text
    assert time.monotonic() - began < 5


def test_an_event_whose_words_a_target_made_long_can_be_read_again() -> None:
    """Given words longer than an event carries, and none of them secret, then it is cut, and whoever reads takes it."""
    long = "release " * LONGEST_VALUE
    event = Event(
        at=datetime(2026, 11, 24, tzinfo=UTC), source=long, subject=long, kind=EventKind.CONFIG, field=long, actor=long
    )

    told = msgspec.json.decode(msgspec.json.encode(redact_event(event)), type=Event)

    assert {len(word) for word in (told.source, told.subject, told.field, told.actor)} == {LONGEST_VALUE}
