/** The channels between Electron's main process and the preloads; everything else goes over the window's MessagePort. */
export const channels = {
  /** Workbench to main: wants its port. */
  connect: 'workbench.connect',
  /** Main to workbench: the port. */
  port: 'workbench.port',
  /** Workbench to main: the path of a file that the user dropped or chose; answered with a GrantAnswer. */
  grantFile: 'workbench.grant-file',
  /** Main to the compute window: the port. */
  computePort: 'compute.port',
} as const
