import type { Work } from '../../engine/inspect/work'
import type { LookRoom } from './look-room'
import { backtestLooks } from './backtest-looks'
import { editLooks } from './edit-looks'
import { meaningLooks } from './meaning-looks'
import { memoryLooks } from './memory-looks'
import { spaceLooks } from './space-looks'
import { storeLooks } from './store-looks'
import { traceLooks } from './trace-looks'

/** Everything a worker can be asked about the inside of a network, each a function of its room, its arguments and its work. */
export const looks = { ...traceLooks, ...storeLooks, ...memoryLooks, ...meaningLooks, ...spaceLooks, ...editLooks, ...backtestLooks }

export type LookName = keyof typeof looks
export type LookArguments<K extends LookName> = Parameters<(typeof looks)[K]>[1]
export type LookResult<K extends LookName> = Awaited<ReturnType<(typeof looks)[K]>>

/** A look as the table holds it, its types set aside. */
export type AnyLook = (room: LookRoom, args: unknown, work: Work) => Promise<unknown>
