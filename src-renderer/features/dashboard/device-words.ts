/**
 * What a run trains on, and why there, in plain words: "On the processor, 2 threads; no GPU answers here". The exact words of
 * its record stay for who wants them. What isn't a device, such as what a run waits for, is left as it is.
 */
export function deviceWords(device: string): string {
  const at = device.indexOf(' (auto: ')
  const [what, why] = at < 0 ? [device, ''] : [device.slice(0, at), device.slice(at + 8, -1)]
  const processor = what.startsWith('WebAssembly')
  if (!processor && !/^Web(?:GPU|GL)/.test(what)) return device
  const threads = /, (\d+ threads)/.exec(what)?.[1]
  const card = /\((.+)\)$/.exec(what)?.[1]
  const place = processor ? `On the processor${threads === undefined ? '' : `, ${threads}`}` : `On the graphics card${card === undefined ? '' : ` (${card})`}`
  // Both were timed, or one was left out or had failed; the fault itself stands in the exact words.
  const reason = /(?:^|; )((?:no|the) [^:]*)/.exec(why)?.[1] ?? (why.includes(' a step, ') ? `faster here than the ${processor ? 'graphics card' : 'processor'}` : null)
  return reason === null ? place : `${place}; ${reason}`
}
