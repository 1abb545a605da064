import i18next from 'i18next';
import { vi } from 'vitest';
import en from '../../i18n/locales/en';
import { AcsConference } from './acs';
import { fakeSdk } from './fake-module';
import { type FakeCall, FakeService } from './fake-sdk';
import type { AcsModule } from './sdk';

export const GROUP = '0d9f5c1e-9a4f-4c0a-8d0f-5d1c5d2b7f10';
export const TOKEN_URL = '/account/acs-token/';

/** The words that people read, so that tests can look for them. */
export const words = () => i18next.init({ lng: 'en', resources: { en: { translation: en } } });

/** A made-up service, and people who meet over it. */
export class Stage {
  readonly service = new FakeService();
  readonly sdk: AcsModule = fakeSdk(this.service) as unknown as AcsModule;
  readonly #people: AcsConference[] = [];

  conference(name: string, role: 'host' | 'guest' = 'guest'): AcsConference {
    const ticket = vi.fn(async () => ({
      provider: 'acs' as const,
      group_id: GROUP,
      user_id: name,
      token: `${name} token`,
      expires_on: '2030-01-01T00:00:00Z',
      display_name: name.toUpperCase(),
      role,
    }));
    const conference = new AcsConference(this.sdk, TOKEN_URL, ticket);
    this.#people.push(conference);
    return conference;
  }

  /** The call of somebody, as the service has it. */
  call(name: string): FakeCall {
    const call = this.service.all.find(({ identity }) => identity === name);
    if (!call) throw new Error(`${name} is in no call`);
    return call;
  }

  async end(): Promise<void> {
    await Promise.all(this.#people.map((one) => one.leave()));
  }
}
