/** Addresses of the served workbench, besides its files. */
export const socketPath = '/rpc'
export const uploadPath = (name: string) => `/files/${encodeURIComponent(name)}`
export const downloadPath = (token: string) => `/downloads/${encodeURIComponent(token)}`
/** 204 to a browser that may come in, else 401. */
export const sessionPath = '/session'

/** Text frames by which both ends of the WebSocket notice a dead network; messages are binary frames. */
export const heartbeat = { ask: 'ping', answer: 'pong', everyMs: 15_000, lostAfterMs: 40_000 } as const
