// All that the front end uses of the SDK, as one module.
export { AzureCommunicationTokenCredential } from '@azure/communication-common';
export { CallClient, Features, LocalAudioStream, LocalVideoStream } from '@azure/communication-calling';
