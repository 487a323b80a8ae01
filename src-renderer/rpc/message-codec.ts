import { Packr } from 'msgpackr/pack'

/**
 * MessagePack for the served workbench's WebSocket; src-main/services/rpc/message-codec.ts is its other end.
 * `moreTypes` keeps typed arrays; without records msgpackr compiles no code, which the page's policy would forbid.
 */
const packr = new Packr({ useRecords: false, moreTypes: true, mapsAsObjects: true })

export const encodeMessage = (message: unknown): Uint8Array => packr.pack(message)
export const decodeMessage = (bytes: Uint8Array): unknown => packr.unpack(bytes)
