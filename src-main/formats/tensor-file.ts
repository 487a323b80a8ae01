import { basename, extname } from 'node:path'
import { UnrollError } from '@shared/errors'
import { readNpy } from './npy'
import { readNpz } from './npz'
import { readSafetensors } from './safetensors'

interface FileTensor { dtype: string; shape: number[]; data: ArrayLike<number> | ArrayLike<bigint> }

/**
 * The tensors of a .safetensors, .npz or .npy file, told by its first bytes; a lone .npy array is `x`.
 * @throws UnrollError `format.*`; its complaints name the file
 */
export function readTensorFile(bytes: Uint8Array, path: string): Record<string, FileTensor> {
  try {
    return tensorsIn(bytes, path)
  } catch (error) {
    const { code, message, hint } = UnrollError.from(error)
    throw new UnrollError(code, `${basename(path)}: ${message}`, { ...(hint === undefined ? {} : { hint }), where: { file: path }, cause: error })
  }
}

function tensorsIn(bytes: Uint8Array, path: string): Record<string, FileTensor> {
  if (bytes.length === 0) throw new UnrollError('format.tensors', 'The file is empty.', { hint: 'Save the tensors again.' })
  if (bytes[0] === 0x93) return { x: readNpy(bytes, 'The array') }
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) return readNpz(bytes)
  const ending = extname(path).toLowerCase()
  if (ending === '.npz') throw new UnrollError('format.npz', 'It doesn’t begin as a zip archive does.', { hint: 'Save the arrays again with numpy.savez.' })
  if (ending === '.npy') throw new UnrollError('format.npy', 'It doesn’t begin as a NumPy array does.', { hint: 'Save the array again with numpy.save.' })
  return readSafetensors(bytes).tensors
}
