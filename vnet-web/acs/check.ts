// Compiles only if what Microsoft declares is what the front end believes the SDK to be.
import type { AcsModule } from '../app/conference/acs/sdk';
import * as entry from './entry';

export const sdk: AcsModule<entry.LocalVideoStream, entry.LocalAudioStream> = entry;
// An SDK without one of these features would do, but this version has them all.
export const features: Required<AcsModule['Features']> = entry.Features;
