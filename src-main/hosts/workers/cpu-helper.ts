import { parentPort, workerData } from 'node:worker_threads'
import { serveKernels, type HelperTask } from '../../engine/backends/wasm/helper-threads'
import { allowRelaxedSimd } from './relaxed-simd'

// A thread that shares the CPU worker's work: no code but the kernels', and its memory is the worker's.
allowRelaxedSimd()
serveKernels(workerData as HelperTask, () => parentPort?.postMessage('ready'))
