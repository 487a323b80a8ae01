import type { TensorFile } from './download'

/** A picture that can be taken away, with the numbers behind it. */
export interface Picture {
  /** Of the files, without their ending. */
  readonly name: string
  svg(): Promise<string>
  /** The size of the SVG in CSS pixels. */
  readonly width: number
  readonly height: number
  /** Header and rows. */
  table(): (string | number)[][]
  tensors(): TensorFile[]
  readonly metadata: Record<string, string>
}

export const escapeXml = (text: string): string => text.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign]!)

/** The SVG as a PNG of twice its size, as screens with two pixels a point have it. */
export async function toPng({ svg, width, height }: Picture): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([await svg()], { type: 'image/svg+xml' }))
  try {
    const image = new Image()
    image.src = url
    await image.decode()
    // No browser has canvases broader than that everywhere.
    const scale = Math.min(2, 16_000 / Math.max(width, height))
    const canvas = document.createElement('canvas')
    canvas.width = Math.round(width * scale)
    canvas.height = Math.round(height * scale)
    canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height)
    return await new Promise((resolve, reject) => { canvas.toBlob((blob) => blob ? resolve(blob) : reject(new Error('The picture is too large to be drawn.'))) })
  } finally {
    URL.revokeObjectURL(url)
  }
}
