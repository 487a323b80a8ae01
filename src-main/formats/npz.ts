import { crc32 } from 'node:zlib'
import { unzipSync, type UnzipFileInfo } from 'fflate'
import { UnrollError } from '@shared/errors'
import { readNpy, type NpyArray } from './npy'

const refuse = (message: string, hint = 'Save the arrays again with numpy.savez.') => new UnrollError('format.npz', message, { hint })

/** Bytes all arrays of an archive may become together, and how much more than the archive itself has: zeros compress a thousandfold, bombs far more. */
const mostBytes = 2 ** 31 - 1
const mostRatio = 1100
const mostEntries = 1000

/**
 * NumPy's .npz: a zip archive of .npy files, stored or deflated. Nothing is written to disk, whatever the names in it say;
 * names that lead elsewhere are refused all the same, since no program that means well writes them.
 * @throws UnrollError `format.npz`, `format.npy` naming the array
 */
export function readNpz(bytes: Uint8Array): Record<string, NpyArray> {
  const sums = checksums(bytes)
  const sizes = new Map<string, number>()
  let total = 0
  const check = ({ name, size, originalSize }: UnzipFileInfo): boolean => {
    if (sizes.has(name)) throw refuse(`The archive has ${JSON.stringify(name)} twice.`)
    if (/^[/\\]|^[A-Za-z]:|(?:^|[/\\])\.\.(?:[/\\]|$)|\0/.test(name)) throw refuse(`The archive names a file outside itself: ${JSON.stringify(name.slice(0, 100))}.`, 'Archives that do so are made to do harm; get the file from somewhere you trust.')
    if (name.endsWith('/')) return false
    if (!name.endsWith('.npy')) throw refuse(`The archive holds ${JSON.stringify(name.slice(0, 100))}; an .npz file holds .npy arrays alone.`)
    total += originalSize
    if (total > mostBytes || originalSize > mostRatio * size + 4096) throw refuse(`The archive would become ${total.toLocaleString('en')} bytes; this version reads up to ${mostBytes.toLocaleString('en')}, and none that grow more than ${mostRatio.toLocaleString('en')} times.`, 'Save fewer numbers.')
    if (sizes.size >= mostEntries) throw refuse(`The archive holds more than ${mostEntries.toLocaleString('en')} arrays.`)
    sizes.set(name, originalSize)
    return true
  }
  const files = unpacked(bytes, check)
  return Object.fromEntries(Object.entries(files).map(([name, content]) => {
    if (content.length !== sizes.get(name)) throw refuse(`The archive is damaged: ${JSON.stringify(name)} should have ${sizes.get(name)!.toLocaleString('en')} bytes but has ${content.length.toLocaleString('en')}.`)
    const sum = sums.get(name)
    if (sum !== undefined && sum !== crc32(content)) throw refuse(`The archive is damaged: the checksum of ${JSON.stringify(name)} is wrong.`)
    return [name.slice(0, -'.npy'.length), readNpy(content, JSON.stringify(name.slice(0, -'.npy'.length)))]
  }))
}

function unpacked(bytes: Uint8Array, filter: (file: UnzipFileInfo) => boolean): Record<string, Uint8Array> {
  try {
    return unzipSync(bytes, { filter })
  } catch (cause) {
    if (cause instanceof UnrollError) throw cause
    throw new UnrollError('format.npz', `The archive can't be unpacked: ${cause instanceof Error ? cause.message : String(cause)}.`, { hint: 'The file is damaged or cut off; copy or save it again.', cause })
  }
}

/**
 * The checksum of each file, from the archive's directory, which the unpacking library passes over. Every zip archive ends with
 * its directory's end record, 22 bytes and a comment: a file that was cut off has none.
 * @see PKWARE, .ZIP File Format Specification, sections 4.3.12 and 4.3.16
 */
function checksums(bytes: Uint8Array): Map<string, number> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  let end = bytes.length - 22
  while (end >= 0 && end >= bytes.length - 22 - 65_535 && view.getUint32(end, true) !== 0x06054b50) end--
  if (end < 0 || view.getUint32(end, true) !== 0x06054b50) throw refuse('It isn’t a whole zip archive: its end is missing.', 'The file is damaged or cut off; copy or save it again.')
  const sums = new Map<string, number>()
  let at = view.getUint32(end + 16, true)
  for (let left = view.getUint16(end + 10, true); left > 0 && at + 46 <= end && view.getUint32(at, true) === 0x02014b50; left--) {
    const length = view.getUint16(at + 28, true)
    sums.set(new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + length)), view.getUint32(at + 16, true))
    at += 46 + length + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
  }
  return sums
}
