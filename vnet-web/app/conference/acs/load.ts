import type { AcsModule } from './sdk';
import { failure } from './words';

/** What builds the module, for those who can do it. */
export const BUILD_COMMAND = 'scripts/build-acs-web';

const NEEDED = [
  'CallClient',
  'LocalVideoStream',
  'LocalAudioStream',
  'AzureCommunicationTokenCredential',
  'Features',
];

/** Loads the SDK: several megabytes, so only when a meeting needs it. */
export async function loadSdk(
  url: string | null,
  load: (url: string) => Promise<unknown> = (address) => import(/* @vite-ignore */ address),
): Promise<AcsModule> {
  if (url === null) throw failure('acs_not_built', 'notBuilt', { command: BUILD_COMMAND });
  // The address is meant from the page, not from the chunk that this stands in.
  const module = await load(new URL(url, document.baseURI).href).catch(() => {
    throw failure('acs_not_loaded', 'notLoaded');
  });
  if (!isSdk(module)) throw failure('acs_not_built', 'notBuilt', { command: BUILD_COMMAND });
  return module;
}

/** Whether it is what scripts/build-acs-web made, as far as can be told from outside. */
function isSdk(module: unknown): module is AcsModule {
  return typeof module === 'object' && module !== null && NEEDED.every((name) => name in module);
}
