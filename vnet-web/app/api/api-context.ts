import { createContext, use } from 'react';
import type { Api } from './client';

export const ApiContext = createContext<Api | null>(null);

/** The API of the server that this page came from. */
export function useApi(): Api {
  const api = use(ApiContext);
  if (!api) throw new Error('no API around this component');
  return api;
}
