from typing import Any

def opener(
    parameters: str,
    desk: str,
    schema: str,
    connect_timeout: int,
    lock_timeout: int,
    statement_timeout: int,
    retry_timeout: int,
    max_read_connections: int,
    read_only: bool,
    must_exist: bool,
) -> Any: ...
def role_maker(parameters: str, role: str, schema: str, dry_run: bool) -> Any: ...
