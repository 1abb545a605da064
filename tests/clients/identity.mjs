// Runs Microsoft's JavaScript identity client against the emulator, through every operation, and
// gives its tokens to the credential of the browser library.
// Usage: node identity.mjs CONNECTION_STRING

import assert from "node:assert/strict";
import { AzureCommunicationTokenCredential } from "@azure/communication-common";
import { CommunicationIdentityClient } from "@azure/communication-identity";

const connectionString = process.argv[2];
const options = { allowInsecureConnection: true };
const client = new CommunicationIdentityClient(connectionString, options);
const foreign = { communicationUserId: "8:acs:00000000-0000-0000-0000-000000000000_0000" };
const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const entraToken = (seconds, claims = {}) =>
  `${part({ alg: "none" })}.${part({ exp: Math.floor(Date.now() / 1000) + seconds, ...claims })}.c2ln`;

async function checkToken({ token, expiresOn }, minutes, what) {
  const left = (expiresOn.getTime() - Date.now()) / 60_000;
  assert.ok(Math.abs(left - minutes) < 1, `${what}: lives for ${left} minutes`);
  const credential = new AzureCommunicationTokenCredential(token);
  const accepted = await credential.getToken();
  assert.equal(accepted.token, token, what);
  const seconds = Math.floor(expiresOn.getTime() / 1000);
  assert.equal(Math.floor(accepted.expiresOnTimestamp / 1000), seconds, what);
  credential.dispose();
  console.log("  ok", what);
  return JSON.parse(Buffer.from(token.split(".")[1], "base64url"));
}

async function checkRefused(call, status, code, what) {
  await assert.rejects(call, (error) => {
    assert.equal(error.statusCode, status, `${what}: ${error.message}`);
    assert.equal(error.code, code, what);
    return true;
  });
  console.log("  ok", what, status, code);
}

const user = await client.createUser();
assert.match(user.communicationUserId, /^8:acs:[0-9a-f-]{36}_[0-9a-f-]{36}$/);
await checkToken(await client.createUserAndToken(["voip"]), 1440, "create with token");
await checkToken(
  await client.createUserAndToken(["chat"], { tokenExpiresInMinutes: 60 }),
  60,
  "create with short token",
);
for (const scope of ["chat", "voip", "chat.join", "chat.join.limited", "voip.join"]) {
  for (const minutes of [undefined, 60, 90, 1440]) {
    const token = await client.getToken(user, [scope], { tokenExpiresInMinutes: minutes });
    const claims = await checkToken(token, minutes ?? 1440, `issue ${scope} ${minutes}`);
    assert.equal(claims.acsScope, scope);
    assert.equal(`8:${claims.skypeid}`, user.communicationUserId);
  }
}
for (const minutes of [59, 1441]) {
  await checkRefused(
    () => client.getToken(user, ["voip"], { tokenExpiresInMinutes: minutes }),
    400,
    "ValidationError",
    `issue ${minutes}`,
  );
}
await client.revokeTokens(user);
await client.deleteUser(user);
await checkRefused(() => client.getToken(user, ["voip"]), 404, "IdentityNotFound", "deleted");
await checkRefused(() => client.getToken(foreign, ["voip"]), 401, "IdentityNotOwned", "foreign");
await checkRefused(() => client.revokeTokens(foreign), 401, "IdentityNotOwned", "foreign");
await checkRefused(() => client.deleteUser(foreign), 401, "IdentityNotOwned", "foreign");

const teams = (teamsUserAadToken) =>
  client.getTokenForTeamsUser({ teamsUserAadToken, clientId: "app", userObjectId: "user" });
await checkToken(await teams(entraToken(3600, { appid: "app" })), 60, "teams");
await checkRefused(() => teams(entraToken(-10)), 401, "InvalidAccessToken", "teams");
await checkRefused(() => teams("nonsense"), 401, "InvalidAccessToken", "teams");

const wrongKey = connectionString.replace(/accesskey=.*/, "accesskey=d3Jvbmc=");
const wrong = new CommunicationIdentityClient(wrongKey, options);
await checkRefused(() => wrong.createUser(), 401, "Denied", "wrong key");

// The browser's credential asks its refresher when the token has expired.
const fresh = await client.createUserAndToken(["voip"]);
let refreshed = 0;
const credential = new AzureCommunicationTokenCredential({
  token: entraToken(-10),
  tokenRefresher: async () => {
    refreshed += 1;
    return fresh.token;
  },
});
assert.equal((await credential.getToken()).token, fresh.token);
assert.equal(refreshed, 1);
credential.dispose();
console.log("  ok refresher");
