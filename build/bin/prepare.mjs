// Makes what the sources need and git does not keep: the WebAssembly kernels, the MP3 decoder and the samples, in build/generated.
import { prepareKernels } from '../prepare/kernels.mjs'
import { prepareMp3Decoder } from '../prepare/mp3-decoder.mjs'
import { prepareSamples } from '../prepare/samples.mjs'

export async function prepare() {
  await prepareKernels()
  prepareMp3Decoder()
  await prepareSamples()
}

if (import.meta.url === `file://${process.argv[1]}`) await prepare()
