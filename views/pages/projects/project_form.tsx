import type { ErrorKind } from "../../../src/errors.ts";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { CLOSES_DIALOG, Dialog } from "../../components/dialog.tsx";
import { TextAreaField, TextField } from "../../components/field.tsx";
import { FormKeyField } from "../../components/form_key.tsx";
import { hx } from "../../components/hx.ts";
import { SelectField } from "../../components/select.tsx";
import { FormProblem } from "../../components/upgrade_notice.tsx";
import { projectText } from "./text.ts";

export type ProjectValues = { name?: string; description?: string; status?: string };

export type ProjectFormProps = {
  /** The project to change, as it was when the form was rendered; absent for a new project. */
  project?: { id: string; name: string; version: number };
  values?: ProjectValues;
  errors?: Record<string, string>;
  kind?: ErrorKind;
  problem?: string;
  /** Whether the form is in a dialog of the list, not on its own page. */
  inPlace?: boolean;
};

const STATUSES = ["active", "archived"] as const;

/** The form in a dialog. htmx gets it from `/projects/new` and `/projects/:id/edit`. */
export function ProjectDialog(props: ProjectFormProps) {
  const text = projectText.use();
  return (
    <Dialog id="project-dialog" title={props.project ? text.edit : text.new}>
      <ProjectForm {...props} inPlace />
    </Dialog>
  );
}

/** The form on its own page. */
export function ProjectFormPage(props: ProjectFormProps) {
  return (
    <div class="max-w-xl">
      <Card>
        <ProjectForm {...props} />
      </Card>
    </div>
  );
}

/** The form for a new project or a change. In a dialog, htmx replaces it if it has errors. */
export function ProjectForm(
  { project, values = {}, errors = {}, kind, problem, inPlace = false }: ProjectFormProps,
) {
  const { form: text, statuses } = projectText.use();
  const action = project ? `/projects/${project.id}` : "/projects";
  const swap = inPlace ? hx({ post: action, target: "this", swap: "outerHTML", disable: "find button" }) : {};
  return (
    <form
      id="project-form"
      method="post"
      action={action}
      novalidate
      class="grid gap-5"
      data-offline={project ? undefined : ""}
      {...swap}
    >
      <FormProblem kind={kind} problem={problem} />
      {project ? <input type="hidden" name="version" value={project.version} /> : <FormKeyField />}
      <TextField
        id="project-name"
        name="name"
        label={text.name}
        value={values.name}
        error={errors.name}
        maxlength={120}
        autocomplete="off"
        autofocus
      />
      <TextAreaField
        id="project-description"
        name="description"
        label={text.description}
        optional
        value={values.description}
        error={errors.description}
      />
      <SelectField
        id="project-status"
        name="status"
        label={text.status}
        hint={text.statusHint}
        options={STATUSES.map((value) => ({ value, label: statuses[value] }))}
        value={values.status ?? "active"}
        error={errors.status}
      />
      <div class="flex flex-wrap gap-2">
        <Button variant="primary">{project ? text.save : text.create}</Button>
        <Cancel href={project ? `/projects/${project.id}` : "/projects"} inPlace={inPlace} />
      </div>
    </form>
  );
}

/** Leaves a form: closes its dialog, or links back. */
export function Cancel(
  { href, inPlace, autofocus }: { href: string; inPlace: boolean; autofocus?: boolean },
) {
  const { cancel } = projectText.use().form;
  if (!inPlace) return <ButtonLink href={href}>{cancel}</ButtonLink>;
  return <Button type="button" autofocus={autofocus} {...CLOSES_DIALOG}>{cancel}</Button>;
}
