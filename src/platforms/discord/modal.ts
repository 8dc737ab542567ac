import {
  type APIModalInteractionResponseCallbackData,
  ComponentType,
  TextInputStyle,
} from 'discord.js'
import { FORM_LENGTH, type Form } from '../../bot.ts'

/** IDs of the fields of a form. */
export const FIELDS = { text: 'text', picture: 'picture' } as const

/** Discord's limit for a title and a label, in characters. */
const LABEL_LENGTH = 45

/** Converts a form to Discord's modal. */
export function modalOf({ line, title, label, text, picture }: Form) {
  const field = {
    type: ComponentType.TextInput,
    custom_id: FIELDS.text,
    style: TextInputStyle.Paragraph,
    // A picture alone is enough, so a form with a picture does not require text.
    required: picture === undefined,
    max_length: FORM_LENGTH,
    ...(text !== undefined && text !== '' && { value: text.slice(0, FORM_LENGTH) }),
  }
  const file = {
    type: ComponentType.FileUpload,
    custom_id: FIELDS.picture,
    required: false,
    min_values: 0,
    max_values: 1,
  }
  const labelled = (label: string, component: object) => ({
    type: ComponentType.Label,
    label: label.slice(0, LABEL_LENGTH),
    component,
  })
  const components = [
    labelled(label, field),
    ...(picture === undefined ? [] : [labelled(picture, file)]),
  ]
  const data = { custom_id: line, title: title.slice(0, LABEL_LENGTH), components }
  return data as APIModalInteractionResponseCallbackData
}
