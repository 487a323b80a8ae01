/** A recording as read: one channel, the mean of those it has, in −1 … 1. */
export interface Sound {
  /** Samples a second. */
  rate: number
  samples: Float32Array
  /** Channels in the file. */
  channels: number
  /** "WAV, 16 bits". */
  format: string
}

/** Longest recording read: three hours at 8 kHz, half an hour at 48 kHz; half a gigabyte of samples would be next. */
export const mostSamples = 2 ** 27

/** The mean of channels that lie one after the other. */
export function mixed(channels: readonly Float32Array[]): Float32Array {
  const [first] = channels
  if (first === undefined || channels.length === 1) return first ?? new Float32Array(0)
  return first.map((_, at) => channels.reduce((sum, channel) => sum + channel[at]!, 0) / channels.length)
}
