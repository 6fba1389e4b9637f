import { PasswordInput } from "@mantine/core";
import { readFailure } from "../../../_lib/field-errors.ts";

/** What the server says of the password; undefined when the failure is about something else. */
export function passwordFaultOf(error: unknown): string | undefined {
  return error === null ? undefined : readFailure(error).fields.password;
}

/** The password again, before a person binds themselves. */
export function PasswordAgain(props: {
  value: string;
  onChange: (value: string) => void;
  missing: boolean;
  fault: string | undefined;
}) {
  const { fault } = props;
  return (
    <PasswordInput
      label="Password"
      description="asked again, so that nobody locks or signs at an open desk"
      autoComplete="current-password"
      withAsterisk
      value={props.value}
      onChange={(event) => props.onChange(event.currentTarget.value)}
      error={props.missing ? "Type your password" : fault === undefined ? null : `This ${fault}`}
    />
  );
}
