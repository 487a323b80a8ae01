import { backtest, type BacktestArguments } from '../../engine/backtest/backtest'
import type { Work } from '../../engine/inspect/work'
import type { LookRoom } from './look-room'

export const backtestLooks = {
  backtest: (room: LookRoom, args: BacktestArguments, work: Work) => room.once((backend) => backtest(backend, args, work)),
}
