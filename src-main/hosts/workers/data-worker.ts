import { serveData } from '../../services/serve-data'
import { buffersIn } from './node-port'
import { portToParent } from './parent-port'

// A prepared dataset isn't needed here once it is told: its arrays are given away, not copied.
serveData(portToParent(buffersIn))
