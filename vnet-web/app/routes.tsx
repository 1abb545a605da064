import type { RouteObject } from 'react-router';
import { Layout } from './components/layout';
import { PageFault, PageLoading } from './components/page-fault';
import { Home } from './pages/home/home';
import { NotFound } from './pages/not-found';

/** The home page is in the first load; everything else comes when it is opened. */
export const routes: RouteObject[] = [
  {
    path: '/',
    Component: Layout,
    ErrorBoundary: PageFault,
    HydrateFallback: PageLoading,
    children: [
      { index: true, Component: Home },
      { path: 'new-meeting', lazy: () => import('./pages/meeting-form/new-meeting') },
      { path: 'edit/:code', lazy: () => import('./pages/meeting-form/edit-meeting') },
      { path: 'privacy', lazy: () => import('./pages/privacy') },
      { path: '*', Component: NotFound },
    ],
  },
  // A meeting has the whole window.
  {
    path: '/conf/:code',
    lazy: () => import('./pages/meeting/meeting'),
    ErrorBoundary: PageFault,
    HydrateFallback: PageLoading,
  },
  // So has a second screen, which knows no account.
  {
    path: '/watch',
    lazy: () => import('./pages/watch/watch'),
    ErrorBoundary: PageFault,
    HydrateFallback: PageLoading,
  },
];
