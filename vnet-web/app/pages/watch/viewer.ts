import { createContext, use } from 'react';
import { createViewer } from '../../lan/share/create';
import type { Share } from '../../lan/share/types';

export interface ViewerOptions {
  /** The address of the server for second screens. */
  readonly server: string;
  /** What the sharer is told this screen is called. */
  readonly name: string;
}

/** Makes the share of a device that only receives; the page then asks with a code. */
export type MakeViewer = (options: ViewerOptions) => Share;

const makeViewer: MakeViewer = ({ server, name }) => createViewer(server, name);

/** Tests put another one in. */
export const ViewerContext = createContext<MakeViewer>(makeViewer);

export const useMakeViewer = (): MakeViewer => use(ViewerContext);
