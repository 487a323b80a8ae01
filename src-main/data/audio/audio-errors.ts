import { basename } from 'node:path'
import { UnrollError } from '@shared/errors'

/** A recording that can't be read; the sentence goes on after the file's name. */
export const badSound = (file: string, message: string, hint = 'Record or convert it again, or take it out of the folder.'): UnrollError =>
  new UnrollError('dataset.audio', `${basename(file)} ${message}`, { hint, where: { file } })

export const noRecordings = (folder: string): UnrollError =>
  new UnrollError('dataset.empty', `The folder ${basename(folder)} has no recordings in sub-folders; .wav, .flac or .mp3 files were expected, a sub-folder a class.`, {
    hint: 'Put the recordings of each class into a sub-folder of its name, or name a CSV of files and labels as data.labels.', where: { file: folder },
  })

export const tooLong = (file: string, most: number): UnrollError =>
  badSound(file, `holds more than ${most.toLocaleString('en')} samples; this version reads no longer recordings.`, 'Cut it into parts.')
