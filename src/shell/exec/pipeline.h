/* pipeline.h: pipelines, `!`, `time`, and commands in the background. */
#ifndef SHELL_EXEC_PIPELINE_H
#define SHELL_EXEC_PIPELINE_H

struct node;
struct shell;

int exec_pipeline(struct shell *sh, const struct node *node);   // NODE_PIPELINE
int exec_background(struct shell *sh, const struct node *node); // NODE_BACKGROUND

#endif
