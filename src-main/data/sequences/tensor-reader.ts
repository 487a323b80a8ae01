/** A tensor of a file, whatever the format. */
export interface FileTensor { dtype: string; shape: number[]; data: ArrayLike<number> | ArrayLike<bigint> }

/** Tells the tensors in a file's bytes. The host hands it in (formats/safetensors), since data doesn't import formats. */
export type TensorReader = (bytes: Uint8Array, path: string) => Record<string, FileTensor>
