// Makes what the sources need and git does not keep: the WebAssembly kernels and the samples, in build/generated.
import { prepareKernels } from '../prepare/kernels.mjs'
import { prepareSamples } from '../prepare/samples.mjs'

export async function prepare() {
  await prepareKernels()
  await prepareSamples()
}

if (import.meta.url === `file://${process.argv[1]}`) await prepare()
