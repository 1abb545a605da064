"""Runs Microsoft's Python identity client against the emulator, through every operation.

Usage: identity.py ENDPOINT ACCESS_KEY, the endpoint without a slash at its end: the client would
sign it along. It takes http only as endpoint and credential, not in a connection string.
"""

import asyncio
import base64
import json
import sys
import time
from datetime import datetime, timedelta, timezone

from azure.communication.identity import (
    CommunicationIdentityClient,
    CommunicationTokenScope,
    CommunicationUserIdentifier,
)
from azure.communication.identity._shared.user_credential import CommunicationTokenCredential
from azure.communication.identity.aio import CommunicationIdentityClient as AsyncClient
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import HttpResponseError

ENDPOINT, KEY = sys.argv[1:]
FOREIGN = CommunicationUserIdentifier("8:acs:00000000-0000-0000-0000-000000000000_0000")


def part(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def entra_token(expires_in, **claims):
    return f'{part({"alg": "none"})}.{part({"exp": int(time.time()) + expires_in, **claims})}.c2ln'


def check(condition, what):
    if not condition:
        raise AssertionError(what)
    print("  ok", what)


def check_token(token, minutes, what):
    expires_on = datetime.fromisoformat(token.expires_on)
    left = (expires_on - datetime.now(timezone.utc)).total_seconds()
    check(abs(left - minutes * 60) < 60, what + ": life")
    # The credential of the same library reads the token, as the browser's does.
    CommunicationTokenCredential(token.token)
    claims = token.token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    check(claims["exp"] == int(expires_on.timestamp()), what + ": exp")
    return claims


def check_refused(call, status, code, what):
    try:
        call()
    except HttpResponseError as error:
        check((error.status_code, error.error.code) == (status, code), f"{what}: {status} {code}")
        return
    raise AssertionError(what + ": not refused")


def sync_client():
    client = CommunicationIdentityClient(ENDPOINT, AzureKeyCredential(KEY))
    user = client.create_user()
    check(user.properties["id"].startswith("8:acs:"), "create")
    other, token = client.create_user_and_token([CommunicationTokenScope.VOIP])
    check(other.properties["id"] != user.properties["id"], "create with token")
    check_token(token, 1440, "create with token")
    _, token = client.create_user_and_token(
        ["chat", "voip"], token_expires_in=timedelta(minutes=60)
    )
    check(check_token(token, 60, "create with short token")["acsScope"] == "chat,voip", "scopes")
    for scope in CommunicationTokenScope:
        for minutes in (None, 60, 90, 1440):
            life = minutes and timedelta(minutes=minutes)
            token = client.get_token(user, [scope], token_expires_in=life)
            claims = check_token(token, minutes or 1440, f"issue {scope.value} {minutes}")
            check(claims["acsScope"] == scope.value, f"issue {scope.value}: scope")
            check("8:" + claims["skypeid"] == user.properties["id"], "issue: identity")
    for minutes in (59, 1441):
        life = timedelta(minutes=minutes)
        check_refused(
            lambda: client.get_token(user, ["voip"], token_expires_in=life),
            400, "ValidationError", f"issue {minutes}",
        )
    check_refused(lambda: client.get_token(user, None), 400, "ValidationError", "no scopes")
    client.revoke_tokens(user)
    client.delete_user(user)
    check_refused(lambda: client.get_token(user, ["voip"]), 404, "IdentityNotFound", "deleted")
    for call in (
        lambda: client.get_token(FOREIGN, ["voip"]),
        lambda: client.revoke_tokens(FOREIGN),
        lambda: client.delete_user(FOREIGN),
    ):
        check_refused(call, 401, "IdentityNotOwned", "foreign")
    teams = client.get_token_for_teams_user(entra_token(3600, appid="app"), "app", "user")
    check_token(teams, 60, "teams")
    for bad in (entra_token(-10), "nonsense", ""):
        check_refused(
            lambda: client.get_token_for_teams_user(bad, "app", "user"),
            401, "InvalidAccessToken", "teams",
        )
    wrong = CommunicationIdentityClient(ENDPOINT, AzureKeyCredential("d3Jvbmc="))
    check_refused(wrong.create_user, 401, "Denied", "wrong key")
    older = CommunicationIdentityClient(ENDPOINT, AzureKeyCredential(KEY), api_version="2022-10-01")
    older.delete_user(older.create_user())
    check(True, "an older api-version")


async def async_client():
    """The asynchronous client signs the identity unescaped, as its HTTP library sends it."""
    async with AsyncClient(ENDPOINT, AzureKeyCredential(KEY)) as client:
        user, token = await client.create_user_and_token(["voip"])
        check_token(token, 1440, "async create")
        check_token(await client.get_token(user, ["voip.join"]), 1440, "async issue")
        await client.revoke_tokens(user)
        await client.delete_user(user)
        check(True, "async delete")


sync_client()
asyncio.run(async_client())
