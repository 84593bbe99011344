/**
 * What may be sent for a message: of those that protobuf-es generates the fields that are set, as its `create` takes them; of all others
 * the message.
 */
export type Sendable<Message> = Message extends { readonly $typeName: string }
  ? Message | Partial<Omit<Message, "$typeName" | "$unknown">>
  : Message;
