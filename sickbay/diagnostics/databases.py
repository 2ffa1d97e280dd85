"""What is known of databases: where their official images keep the data, and on which ports they listen."""

import re

_DIRECTORIES = {
    "postgres": "/var/lib/postgresql", "mysql": "/var/lib/mysql", "mariadb": "/var/lib/mysql", "mongo": "/data/db",
    "redis": "/data", "valkey": "/data", "elasticsearch": "/usr/share/elasticsearch/data",
    "rabbitmq": "/var/lib/rabbitmq", "influxdb": "/var/lib/influxdb", "cassandra": "/var/lib/cassandra",
    "couchdb": "/opt/couchdb/data",
}  # fmt: skip
_PORTS = {
    "5432": "PostgreSQL", "3306": "MySQL", "27017": "MongoDB", "6379": "Redis", "9200": "Elasticsearch",
    "11211": "memcached", "5984": "CouchDB", "1433": "SQL Server", "9042": "Cassandra",
}  # fmt: skip


def data_directory(reference: str) -> str:
    """Give where the database of an image keeps its data, or nothing where the image is none that is known."""
    name = re.split("[:@]", reference.rsplit("/", 1)[-1], maxsplit=1)[0]
    return _DIRECTORIES.get(name, "")


def listening_on(port: str) -> str:
    """Give the name of the database whose port this is, or nothing where it is none's."""
    return _PORTS.get(port, "")
