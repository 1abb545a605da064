import type { InputKind } from './capture';

type Watched = Map<InputKind, Promise<PermissionStatus | null>>;

/** One for each kind while the page lives: browsers never let go of one that was listened to. */
const known = new WeakMap<Permissions, Watched>();

async function watch(permissions: Permissions, kind: InputKind): Promise<PermissionStatus | null> {
  try {
    const status = await permissions.query({ name: kind });
    // Some keep its state up to date only while somebody listens.
    status.addEventListener('change', () => {});
    return status;
  } catch {
    return null;
  }
}

/** Whether a kind of device may be used, kept up to date; `null`: this browser does not tell. */
export async function permissionStatus(kind: InputKind): Promise<PermissionStatus | null> {
  const { permissions } = navigator;
  // Older browsers have none.
  if (!permissions) return null;
  const watched: Watched = known.get(permissions) ?? new Map();
  known.set(permissions, watched);
  const status = watched.get(kind) ?? watch(permissions, kind);
  watched.set(kind, status);
  return status;
}
